/** What a Buildfarm process tells of itself at its Prometheus endpoint. */

interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

export interface Metrics {
  /** Sum over all labels; undefined where there is no sample of that name. A counter is found with and without its `_total`. */
  sum(name: string): number | undefined;
  /** Values by the value of one label. */
  by(name: string, label: string): Map<string, number>;
}

const TIMEOUT_MS = 5_000;

/** Rejects where nobody answers in time, or with anything but 200. */
export async function readMetrics(url: string, timeoutMs = TIMEOUT_MS): Promise<Metrics> {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) }).catch((error: Error) => {
    const { message } = (error.cause ?? error) as Error;
    throw new Error(`Buildfarm does not answer at ${url}: ${message}`, { cause: error });
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`Buildfarm answered ${response.status} at ${url}`);
  return metricsIn(text);
}

/** Of Prometheus' text format, version 0.0.4 ("Exposition formats"): one sample a line; comments, and what is no sample, are passed over. */
export function metricsIn(text: string): Metrics {
  const samples = text.split('\n').flatMap((line) => sampleIn(line) ?? []);
  const named = (name: string) => samples.filter((sample) => sample.name === name || sample.name === `${name}_total`);
  return {
    sum(name) {
      const found = named(name);
      return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
    },
    by: (name, label) => new Map(named(name).map(({ labels, value }) => [labels[label] ?? '', value])),
  };
}

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

function sampleIn(line: string): Sample | undefined {
  const [, name, labels = '', value] = SAMPLE.exec(line) ?? [];
  const number = Number(value);
  if (name === undefined || Number.isNaN(number)) return undefined;
  const pairs = [...labels.matchAll(LABEL)].map(([, label = '', text = '']) => [label, text.replace(/\\(.)/g, '$1')]);
  return { name, labels: Object.fromEntries(pairs), value: number };
}
