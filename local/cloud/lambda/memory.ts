/** Looks at how much memory a process holds. */
import { readFileSync } from 'node:fs';

const MIB = 1024 * 1024;
/** Bytes of a page in /proc/PID/statm on every Linux that Lambda's architectures (x86-64, arm64) usually run. */
const PAGE_BYTES = 4096;

/** Resident memory in MiB; undefined for a process that is gone, and on a system without /proc. */
export function residentMiB(pid: number | undefined): number | undefined {
  try {
    const resident = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1];
    return Math.ceil((Number(resident) * PAGE_BYTES) / MIB);
  } catch {
    return undefined;
  }
}
