import { afterEach, expect, it, vi } from 'vitest';

/** As it is when the module is loaded now. */
async function versionNow(): Promise<string> {
  vi.resetModules();
  return (await import('./version.ts')).version;
}

afterEach(() => void vi.unstubAllGlobals());

it('sources that nobody bundled are a development version', async () => expect(await versionNow()).toBe('0.0.0-dev'));

it('a bundle is of the version that the bundler put in', async () => {
  vi.stubGlobal('BBF_VERSION', '1.2.3');
  expect(await versionNow()).toBe('1.2.3');
});
