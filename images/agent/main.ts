/** The program `agent`: beside Buildfarm in each task, for what Buildfarm can't do (docs/decisions/0014). */
import { createLog } from '../../duties/log.ts';
import { runProgram } from '../../duties/program.ts';
import { containerCredentials } from '../../reconciler/access/container-credentials.ts';
import { startServerAgent } from './server-agent.ts';
import { agentSettings } from './settings.ts';
import { startWorkerAgent } from './worker-agent.ts';

await runProgram('agent', async (end) => {
  const settings = agentSettings(process.env);
  const { role, cluster } = settings;
  const log = createLog({ program: 'agent', role, cluster, ...(role === 'worker' && { pool: settings.pool }) });
  const credentials = containerCredentials(process.env);
  const agent =
    role === 'server'
      ? await startServerAgent(settings, credentials, log)
      : await startWorkerAgent(settings, credentials, log, end);
  return async (reason) => {
    log('ending', { reason });
    await agent.stop();
  };
});
