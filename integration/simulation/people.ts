/** What people and their tools do to the documents: edits by the CLI and from git, tombstones, loss. */

import type { ClusterInput } from '../../config-schema/documents.ts';
import { editCluster } from '../../config-schema/edit-cluster.ts';
import { clusterKey, statusKey } from '../../config-schema/keys.ts';
import { parseCluster } from '../../config-schema/parse.ts';
import { ServiceError } from '../../local/cloud/kernel.ts';
import { type DocumentVersion, record } from './history.ts';
import { DEFAULT_CLUSTER, type Step } from './story.ts';
import type { SimulatedWorld } from './world.ts';

type Edit = Extract<Step, { do: 'edit' }>;

export interface People {
  edit(step: Edit): void;
  write(cluster: string | undefined, text: string): void;
  lose(cluster: string | undefined): void;
  bury(cluster: string | undefined): void;
  /** Once status is gone, `bbf delete` removes the document with the tombstone. */
  statusWritten(cluster: string): void;
}

/** Between the CLI's read and its write. */
const THINKING_MS = 300;
const ATTEMPTS = 10;

export function createPeople(world: SimulatedWorld): People {
  const buried = new Set<string>();
  let writes = 0;

  function written(cluster: string, revision: string, text: string | null, by: DocumentVersion['by']): void {
    const valid = text !== null && parseCluster(text, { cluster }).ok;
    record(world.history, 'documents', { at: world.now(), cluster, revision, text, valid, by });
  }
  function put(cluster: string, text: string, by: DocumentVersion['by'], ifMatch?: string | null): void {
    const conditions = ifMatch === undefined ? {} : ifMatch === null ? { ifNoneMatch: '*' } : { ifMatch };
    const key = clusterKey(cluster);
    const version = world.services.s3.putObject({ bucket: world.bucket, key, body: text, ...conditions });
    written(cluster, version.versionId, text, by);
  }
  /** Read, change, write on condition; again after a lost race. `instead` takes the place of what is not there or not valid. */
  function cliEdit(cluster: string, change: (document: ClusterInput) => void, instead?: string, attempt = 1): void {
    const key = clusterKey(cluster);
    const before = world.text(key);
    const etag = before === undefined ? null : world.services.s3.findObject({ bucket: world.bucket, key }).version.etag;
    writes += 1;
    const note = { writeId: `w${writes}`, writtenBy: 'somebody', reason: 'the story' };
    const edited = before === undefined ? null : editCluster(before, change, note);
    const text = edited?.ok ? edited.text : instead;
    if (text === undefined) return;
    world.clock.schedule(`simulation/people/${writes}`, world.now() + Math.round(THINKING_MS * world.chance()), () => {
      try {
        put(cluster, text, 'cli', etag);
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        if (attempt < ATTEMPTS) cliEdit(cluster, change, instead, attempt + 1);
      }
    });
  }
  const document = (cluster: string, spec: object, uid: string | undefined) =>
    `${JSON.stringify({ apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: cluster, ...(uid && { uid }) }, spec }, null, 2)}\n`;

  return {
    edit({ cluster = DEFAULT_CLUSTER, spec, by = 'cli', uid }) {
      const isNew = world.text(clusterKey(cluster)) === undefined;
      if (isNew) buried.delete(cluster);
      if (by === 'gitops' || isNew) put(cluster, document(cluster, spec, uid), by);
      else
        cliEdit(cluster, (input) => {
          input.spec = spec as ClusterInput['spec'];
        });
    },
    write: (cluster = DEFAULT_CLUSTER, text) => put(cluster, text, 'person'),
    lose(cluster = DEFAULT_CLUSTER) {
      if (world.text(clusterKey(cluster)) === undefined) return;
      world.services.s3.deleteObject({ bucket: world.bucket, key: clusterKey(cluster) });
      written(cluster, '', null, 'person');
    },
    bury(cluster = DEFAULT_CLUSTER) {
      const status = world.status(cluster);
      const known = status?.uid ?? cluster;
      if (!status && world.text(clusterKey(cluster)) === undefined) return;
      buried.add(cluster);
      const tombstone = document(cluster, { delete: { uid: known } }, known);
      cliEdit(
        cluster,
        (input) => {
          const uid = input.metadata.uid ?? known;
          input.metadata = { ...input.metadata, uid };
          input.spec = { ...input.spec, delete: { uid } };
        },
        tombstone,
      );
    },
    statusWritten(cluster) {
      if (!buried.has(cluster) || world.text(statusKey(cluster)) !== undefined) return;
      buried.delete(cluster);
      this.lose(cluster);
    },
  };
}
