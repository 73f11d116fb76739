/** What the server tells clients of itself. */
import { type Service, unary } from './calls.ts';

/** gRPC clients take messages of 4 MiB unless told otherwise; the rest is room for everything but the blobs. */
export const MAX_BATCH_BYTES = 4 * 1024 * 1024 - 64 * 1024;

const SHA256 = 1;
const SYMLINKS_ALLOWED = 2;

/** From 2.0, as Bazel before 7 asks for nothing else, to 2.3, which says how a command's first word is looked up. */
export const capabilitiesService: Service = {
  name: 'build.bazel.remote.execution.v2.Capabilities',
  roles: ['client'],
  methods: {
    GetCapabilities: unary(() => ({
      cacheCapabilities: {
        digestFunctions: [SHA256],
        actionCacheUpdateCapabilities: { updateEnabled: true },
        maxBatchTotalSizeBytes: MAX_BATCH_BYTES,
        symlinkAbsolutePathStrategy: SYMLINKS_ALLOWED,
      },
      executionCapabilities: { digestFunction: SHA256, digestFunctions: [SHA256], execEnabled: true },
      lowApiVersion: { major: 2 },
      highApiVersion: { major: 2, minor: 3 },
    })),
  },
};
