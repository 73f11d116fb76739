import { describe, expect, it } from 'vitest';
import { editCluster } from './edit-cluster.ts';

const note = { writeId: 'w2', writtenBy: 'ann@host', reason: 'bbf want --workers=3' };
const written = {
  $schema: 'cluster.schema.json',
  apiVersion: 'bbf/v1',
  kind: 'Cluster',
  metadata: { name: 'main', uid: 'u1', writeId: 'w1' },
  spec: { pools: { default: { slots: 2 } } },
};

describe('editCluster', () => {
  it('changes what is asked, notes the write, and leaves the rest as its author wrote it', () => {
    const edited = editCluster(
      JSON.stringify(written),
      (document) => void Object.assign(document.spec.pools?.default ?? {}, { workers: 3 }),
      note,
    );
    expect(edited.ok && JSON.parse(edited.text)).toEqual({
      ...written,
      metadata: { name: 'main', uid: 'u1', ...note },
      spec: { pools: { default: { slots: 2, workers: 3 } } },
    });
    expect(edited.ok && edited.text).toMatch(/^\{\n {2}"\$schema".*\}\n$/s);
  });

  const change = () => {
    throw new Error('the change must not be tried');
  };
  it('leaves a document of a newer version alone', () => {
    const newer = JSON.stringify({ ...written, apiVersion: 'bbf/v2' });
    expect(editCluster(newer, change, note)).toMatchObject({ ok: false, newer: true });
  });

  it.each([['{'], ['[]'], ['{"apiVersion": "bbf/v1"}']])('refuses to guess at %s', (text) => {
    expect(editCluster(text, change, note)).toMatchObject({ ok: false });
  });

  it('tells what is wrong with the result', () => {
    const edited = editCluster(
      JSON.stringify(written),
      (document) => void Object.assign(document, { spec: { pools: { default: { workers: 30 } } } }),
      note,
    );
    expect(edited).toMatchObject({ ok: false, problems: [{ pointer: '/spec/pools/default/workers', line: 15 }] });
  });

  it('hands on warnings', () => {
    const edited = editCluster(
      JSON.stringify(written),
      (document) => void Object.assign(document, { spec: { budget: { usdPerHour: 0.01 } } }),
      note,
    );
    expect(edited).toMatchObject({ ok: true, warnings: [{ pointer: '/spec/budget/usdPerHour' }] });
  });

  it('cuts a note that is too long for the document', () => {
    const long = { writeId: 'w', writtenBy: 'a'.repeat(600), reason: 'r'.repeat(3000) };
    const edited = editCluster(JSON.stringify(written), () => undefined, long);
    const { metadata } = edited.ok ? JSON.parse(edited.text) : { metadata: {} };
    expect(metadata.writtenBy).toHaveLength(512);
    expect(metadata.reason).toHaveLength(2048);
  });
});
