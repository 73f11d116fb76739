/** JSON over plain HTTP within the task: to the ECS agent for metadata and task protection, and between agents by way of their gateways. */
import http from 'node:http';

const TIMEOUT_MS = 5_000;

interface PlainAnswer {
  status: number;
  /** Undefined when the body is no JSON. */
  json: unknown;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Rejects when there is no answer within 5 s. Each has a connection of its own: a gateway that ends waits for those that are open, and
 * one that is used again and again would keep it, and its task, for as long as it may wait.
 */
export function askAgent(method: 'GET' | 'PUT' | 'POST', url: string, body?: object): Promise<PlainAnswer> {
  return new Promise((resolve, reject) => {
    const headers = body ? { 'content-type': 'application/json' } : {};
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const request = http.request(url, { method, headers, signal, agent: false }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, json: parsed(Buffer.concat(pieces).toString('utf8')) });
      });
    });
    request.on('error', (error) => reject(new Error(`${method} ${url} failed: ${error.message}`, { cause: error })));
    request.end(body && JSON.stringify(body));
  });
}
