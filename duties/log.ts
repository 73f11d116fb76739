/** One line of JSON on stdout for each thing worth knowing later. */

export type Log = (message: string, values: Record<string, unknown>) => void;

/** @param context goes into every line */
export function createLog(context: Record<string, unknown>): Log {
  return (message, values) => {
    const time = new Date().toISOString();
    process.stdout.write(`${JSON.stringify({ time, message, ...context, ...values })}\n`);
  };
}
