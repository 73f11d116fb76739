/** Where the agents of workers report, on the loopback: the gateway lets in those who show a worker's certificate. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { REPORT_PATH, reportIn, type WorkerAnswer, type WorkerReport } from './worker-report.ts';

/** A report takes about 200. */
const CHARACTERS_MAX = 4_096;

export function listenForReports(
  port: number,
  take: (report: WorkerReport) => WorkerAnswer | undefined,
): Promise<Server> {
  const server = createServer(async (request, response) => {
    const answer = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    if (request.method !== 'POST' || request.url !== REPORT_PATH)
      return answer(404, {
        error: `there is nothing at ${request.method} ${request.url}; there is POST ${REPORT_PATH}`,
      });
    const report = reportIn(await readBody(request));
    if (!report) return answer(400, { error: 'the body is no report of a worker' });
    const orders = take(report);
    if (!orders) return answer(503, { error: "the cluster's status has not been read yet" });
    return answer(200, orders);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = '';
  request.setEncoding('utf8');
  try {
    for await (const piece of request) {
      text += piece;
      if (text.length > CHARACTERS_MAX) return '';
    }
  } catch {
    // The other side has gone: nobody reads what it is answered.
    return '';
  }
  return text;
}
