/** The tables of docs/costs.md, computed from the templates and the price tables. */
import type { Pool } from '../config-schema/documents.ts';
import { OWN_NETWORK, serverUsdPerHour, workerUsdPerHour } from '../config-schema/prices.ts';
import { ONE_CAPACITY } from './capacity.ts';
import { foundationTemplate } from './foundation.ts';
import { type CostLine, fixedCosts, imagesAtRest, restingCosts, totalOf } from './idle-cost.ts';
import { poolTemplate } from './pool.ts';
import { serverTemplate } from './server.ts';

const usd = (amount: number, digits: number) => `$${amount.toFixed(digits)}`;

function table(head: string[], rows: string[][]): string {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Of foundation, server and one pool together: no line of these may cost anything. */
export function fixedTable(): string {
  const templates = [foundationTemplate('bbf'), serverTemplate('bbf'), poolTemplate('bbf', ONE_CAPACITY)];
  const byType = new Map<string, CostLine>();
  for (const line of templates.flatMap(fixedCosts)) {
    const before = byType.get(line.what);
    const quantity = String(Number(line.quantity) + Number(before?.quantity ?? 0));
    byType.set(line.what, { ...line, quantity, usdPerMonth: line.usdPerMonth + (before?.usdPerMonth ?? 0) });
  }
  const rows = [...byType.values()]
    .sort((a, b) => (a.what < b.what ? -1 : 1))
    .map(({ what, quantity, usdPerMonth }) => [`\`${what}\``, quantity, usd(usdPerMonth, 2)]);
  return table(['resource type', 'number', 'a month'], rows);
}

export function restingTable(): string {
  const lines = [...restingCosts(foundationTemplate('bbf')), imagesAtRest()];
  const rows = lines.map(({ what, quantity, usdPerMonth }) => [what, quantity, usd(usdPerMonth, 4)]);
  return table(['what', 'how much', 'a month'], [...rows, ['**together**', '', `**${usd(totalOf(lines), 3)}**`]]);
}

type Size = Omit<Pool, 'platform'>;

const DEFAULT_SERVER = { cpu: 1024, memoryMiB: 2048 };
const worker = (cpu: number, memoryMiB: number, diskGiB: number): Pick<Size, 'cpu' | 'memoryMiB' | 'diskGiB'> => ({
  ...{ cpu, memoryMiB, diskGiB },
});
const SIZES = [worker(4096, 8192, 50), worker(8192, 32768, 100), worker(16384, 65536, 200)];

export function runningTable(): string {
  const rows = SIZES.map((size) => {
    const price = (architecture: Size['architecture'], capacity: Size['capacity']) =>
      usd(workerUsdPerHour({ ...size, architecture, capacity }, OWN_NETWORK), 3);
    const name = `${size.cpu / 1024} vCPU, ${size.memoryMiB / 1024} GiB, ${size.diskGiB} GiB disk`;
    return [
      name,
      price('x86_64', 'spot'),
      price('x86_64', 'on-demand'),
      price('arm64', 'spot'),
      price('arm64', 'on-demand'),
    ];
  });
  return table(['one worker', 'x86-64 Spot', 'x86-64', 'ARM64 Spot', 'ARM64'], rows);
}

/** A build, and the time until the idle rule takes everything away. */
const EXAMPLES: [what: string, workers: number, buildMinutes: number, idleMinutes: number, timesPerMonth: number][] = [
  ['one build of ten minutes on two workers', 2, 10, 20, 1],
  ['twenty such days with eight hours of builds on four workers', 4, 480, 20, 20],
  ['an hour a night on fifty workers, thirty times', 50, 60, 20, 30],
];

export function exampleTable(): string {
  const [size] = SIZES;
  const spot = { architecture: 'x86_64', capacity: 'spot' } as const;
  const workerPrice = workerUsdPerHour({ ...(size ?? worker(0, 0, 0)), ...spot }, OWN_NETWORK);
  const rows = EXAMPLES.map(([what, workers, build, idle, times]) => {
    const hours = ((build + idle) / 60) * times;
    return [
      what,
      `${hours.toFixed(1)} h`,
      usd(hours * (serverUsdPerHour(DEFAULT_SERVER, OWN_NETWORK) + workers * workerPrice), 2),
    ];
  });
  return table(['what', 'hours awake', 'price'], rows);
}
