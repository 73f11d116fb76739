import { describe } from 'vitest';
import { gatewayCases } from './cases.ts';
import { missingNginx, startGateway } from './gateway-process.ts';

const missing = missingNginx();
if (missing) console.warn(`the gateway is not tested as a process: ${missing}`);

describe.skipIf(missing)('a gateway as a process', () => gatewayCases(startGateway));
