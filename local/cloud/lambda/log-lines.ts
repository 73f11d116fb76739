/** The lines that Lambda itself writes into a function's log. */

/** `YYYY/MM/DD/[$LATEST]` and 32 hexadecimal digits: one stream for each environment. */
export function logStreamName(startedAt: number, uuid: string): string {
  return `${new Date(startedAt).toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]${uuid.replaceAll('-', '')}`;
}

export const startLine = (requestId: string) => `START RequestId: ${requestId} Version: $LATEST`;
export const endLine = (requestId: string) => `END RequestId: ${requestId}`;

interface Report {
  requestId: string;
  durationMs: number;
  memoryMiB: number;
  maxMemoryMiB: number;
  /** Only for the first invocation of an environment. */
  initMs?: number | undefined;
}

export function reportLine({ requestId, durationMs, memoryMiB, maxMemoryMiB, initMs }: Report): string {
  const fields = [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${durationMs.toFixed(2)} ms`,
    `Billed Duration: ${Math.ceil(durationMs + (initMs ?? 0))} ms`,
    `Memory Size: ${memoryMiB} MB`,
    `Max Memory Used: ${maxMemoryMiB} MB`,
    ...(initMs === undefined ? [] : [`Init Duration: ${initMs.toFixed(2)} ms`]),
  ];
  return fields.join('\t');
}
