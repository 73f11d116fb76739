/** Stands between writers and the bucket: lets requests through in a given order, and spoils the ones that it is told to. */
import type { WireRequest, WireResponse } from '../../local/cloud/kernel.ts';

/** What happens to one PUT of a document. */
export type Fault =
  | 'none'
  /** S3 refuses it: the object changed (412), or another conditional write of it is under way (409). */
  | '412'
  | '409'
  /** Somebody deletes the object right before: a PUT with If-Match meets 404. */
  | 'gone'
  /** Carried out, and the answer is lost. */
  | 'lost'
  /** Lost on the way there. */
  | 'unsent';

export const FAULTS: readonly Fault[] = ['none', '412', '409', 'gone', 'lost', 'unsent'];

/** The answer to a request that was lost, as its sender sees it. */
export class Silence extends Error {
  override readonly name = 'TimeoutError';
}

export interface Gate {
  /** By writer. Rejects with Silence where no answer comes. */
  pass(writer: string, request: WireRequest): Promise<WireResponse>;
  /** The writer sends no more; what it has open of the order is left out. */
  done(writer: string): void;
}

interface GateOptions {
  handle(request: WireRequest): Promise<WireResponse>;
  /** Path of the object whose reads and writes take turns. */
  path: string;
  /** Writers, one for each turn; when it is used up, requests pass as they come. */
  order: readonly string[];
  /** What becomes of this writer's PUT number `put`, from 1. */
  fault(writer: string, put: number): Fault;
  /** Deletes the object. */
  remove(): Promise<void>;
}

export function createGate({ handle, path, order, fault, remove }: GateOptions): Gate {
  const turns = [...order];
  const gone = new Set<string>();
  const puts = new Map<string, number>();
  const waiting: { writer: string; go(): void }[] = [];

  function next(): void {
    while (turns[0] !== undefined && gone.has(turns[0])) turns.shift();
    const index = turns[0] === undefined ? 0 : waiting.findIndex(({ writer }) => writer === turns[0]);
    waiting.splice(index, index < 0 ? 0 : 1)[0]?.go();
  }

  /** One request at a time; the turn is over when it is answered. */
  let busy = false;
  async function turn<T>(writer: string, run: () => Promise<T>): Promise<T> {
    await new Promise<void>((go) => {
      waiting.push({ writer, go });
      if (!busy) step();
    });
    try {
      return await run();
    } finally {
      busy = false;
      step();
    }
  }
  function step(): void {
    const before = waiting.length;
    busy = true;
    next();
    if (waiting.length === before) busy = false;
    else if (turns.length > 0) turns.shift();
  }

  async function put(writer: string, request: WireRequest): Promise<WireResponse> {
    const number = (puts.get(writer) ?? 0) + 1;
    puts.set(writer, number);
    const kind = fault(writer, number);
    if (kind === 'unsent') throw new Silence('the request was lost');
    if (kind === '412') return refused(412, 'PreconditionFailed');
    if (kind === '409') return refused(409, 'ConditionalRequestConflict');
    if (kind === 'gone') await remove();
    const answer = await handle(request);
    if (kind === 'lost') throw new Silence('the answer was lost');
    return answer;
  }

  return {
    pass(writer, request) {
      if (request.path !== path || request.query.has('versionId')) return handle(request);
      return turn(writer, () => (request.method === 'PUT' ? put(writer, request) : handle(request)));
    },
    done(writer) {
      gone.add(writer);
      if (!busy) step();
    },
  };
}

function refused(status: number, code: string): WireResponse {
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>injected</Message></Error>`;
  return { status, headers: { 'content-type': 'application/xml' }, body };
}
