/** A function's code: taken from S3 or the request once, and kept by its hash, as Lambda keeps its own copy. */
import { createHash } from 'node:crypto';
import type { FunctionCode } from '@aws-sdk/client-lambda';
import { ServiceError } from '../kernel.ts';
import { invalid, type LambdaFunction, type LambdaParts } from './state.ts';

interface StoredCode {
  codeSha256: string;
  codeSize: number;
}

/** Reads and checks the zip; nothing is kept yet. */
export function readCode({ readObject }: LambdaParts, code: FunctionCode | undefined): Uint8Array {
  const zip = code?.ZipFile ?? fromS3(readObject, code);
  // Every zip file ends with the record whose signature this is.
  if (Buffer.from(zip).lastIndexOf('PK\u0005\u0006') < 0)
    throw invalid('Could not unzip uploaded file. Please check your file, then try to upload again.');
  return zip;
}

function fromS3(readObject: LambdaParts['readObject'], code: FunctionCode | undefined): Uint8Array {
  if (!code?.S3Bucket || !code.S3Key) throw invalid('Please provide a source for function code.');
  try {
    return readObject(code.S3Bucket, code.S3Key, code.S3ObjectVersion);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw invalid(`Error occurred while GetObject. S3 Error Code: ${error.code}. S3 Error Message: ${error.message}`);
  }
}

export function hashCode(zip: Uint8Array): StoredCode {
  return { codeSha256: createHash('sha256').update(zip).digest('base64'), codeSize: zip.length };
}

export function storeCode({ blobs }: LambdaParts, zip: Uint8Array): StoredCode {
  const stored = hashCode(zip);
  blobs.put(codeId(stored.codeSha256), zip);
  return stored;
}

export function loadCode({ blobs }: LambdaParts, { name, codeSha256 }: LambdaFunction): Uint8Array {
  const zip = blobs.get(codeId(codeSha256));
  if (zip) return zip;
  throw new Error(`The code of function ${name} (${codeId(codeSha256)}) is no longer in the store: deploy it again.`);
}

/** Drops code that no function uses any more. */
export function releaseCode({ blobs, state }: LambdaParts, codeSha256: string): void {
  if (Object.values(state.functions).some((other) => other.codeSha256 === codeSha256)) return;
  blobs.delete(codeId(codeSha256));
}

const codeId = (sha256: string) => `lambda-${Buffer.from(sha256, 'base64').toString('hex')}`;
