/** google.bytestream.ByteStream over grpc-js. */
import type { ByteTransfer, WriteRequest } from './byte-transfer.ts';
import { type Answers, answering, requesting, type Service, unary } from './calls.ts';

interface ReadRequest {
  resourceName: string;
  readOffset: number;
  readLimit: number;
}

export function byteStreamService(transfer: ByteTransfer): Service {
  return {
    name: 'google.bytestream.ByteStream',
    roles: ['client', 'worker'],
    methods: {
      Read: answering(async (request: ReadRequest, answers: Answers<{ data: Uint8Array }>) => {
        const { resourceName, readOffset, readLimit } = request;
        for await (const data of transfer.read(resourceName, readOffset, readLimit)) await answers.send({ data });
      }),
      Write: requesting(async (requests: AsyncIterable<WriteRequest>) => ({
        committedSize: await transfer.write(requests),
      })),
      QueryWriteStatus: unary(({ resourceName }: { resourceName: string }) => transfer.writeStatus(resourceName)),
    },
  };
}
