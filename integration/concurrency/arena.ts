/** One cloud for many races of documents: each race has a bucket of its own, and each writer a door of its own into it. */
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { type Documents, openDocuments } from '../../cli/documents.ts';
import { openFront } from '../../local/cloud/front.ts';
import type { WireRequest, WireResponse } from '../../local/cloud/kernel.ts';
import { startCloud } from '../contract/harness.ts';
import { sdkHandler } from '../contract/sdk-handler.ts';
import { type Gate, Silence } from './gate.ts';

export const KEY = 'clusters/main/cluster.json';

export interface Arena {
  handle(request: WireRequest): Promise<WireResponse>;
  /** Without any gate. */
  s3: S3Client;
  newBucket(): Promise<string>;
  /** The writer’s client of the AWS SDK, whose requests go through the gate from now on. */
  sdk(gate: Gate, writer: string, maxAttempts: number): S3Client;
  /** The CLI's own documents over HTTP, through the gate. */
  documents(gate: Gate, writer: string, bucket: string): Promise<Documents>;
  close(): Promise<void>;
}

export async function openArena(): Promise<Arena> {
  const cloud = await startCloud({ checkSkew: false });
  const { credentials, endpoint, s3 } = cloud;
  const handle = (request: WireRequest) => cloud.cloud.handle(request);
  const gates = new Map<string, Gate>();
  const gateOf = (writer: string) => gates.get(writer) as Gate;
  const fronts = new Map<string, Awaited<ReturnType<typeof openFront>>>();
  const clients = new Map<string, S3Client>();
  let buckets = 0;

  async function frontOf(writer: string) {
    const known = fronts.get(writer);
    if (known) return known;
    const front = await openFront({
      port: 0,
      handle: (request) => gateOf(writer).pass(writer, request).catch(busy),
    });
    fronts.set(writer, front);
    return front;
  }

  return {
    handle,
    s3,
    async newBucket() {
      buckets += 1;
      const Bucket = `bbf-race-${buckets}`;
      await s3.send(new CreateBucketCommand({ Bucket }));
      await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
      return Bucket;
    },
    sdk(gate, writer, maxAttempts) {
      gates.set(writer, gate);
      const name = `${writer} ${maxAttempts}`;
      const known = clients.get(name);
      if (known) return known;
      const requestHandler = sdkHandler({ handle: (request) => gateOf(writer).pass(writer, request) });
      const client = new S3Client({ region: 'us-east-1', endpoint, credentials, requestHandler, maxAttempts });
      clients.set(name, client);
      return client;
    },
    async documents(gate, writer, bucket) {
      gates.set(writer, gate);
      const { port } = await frontOf(writer);
      return openDocuments({ region: 'us-east-1', endpoint: `http://127.0.0.1:${port}`, credentials }, bucket);
    },
    async close() {
      for (const front of fronts.values()) await front.close();
      await cloud.stop();
    },
  };
}

/** A broken connection would look the same to the CLI: no answer that says whether it was written. */
function busy(error: unknown): WireResponse {
  if (!(error instanceof Silence)) throw error;
  return { status: 500, headers: {}, body: '<Error><Code>InternalError</Code><Message>lost</Message></Error>' };
}
