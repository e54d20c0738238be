/** Computes how the machine's CPU time was spent between two readings of /proc/stat. */

/** Shares of all CPU time, from 0 to 1. */
export interface CpuShares {
  /** Time that was not idle, waiting for a disk or withheld. */
  readonly busy: number;
  /** Time that the host of a virtual machine withheld. */
  readonly stolen: number;
}

/**
 * The fields of the first line are user, nice, system, idle, iowait, irq, softirq, steal. The guests' time is part of
 * user.
 */
export function cpuShares(before: string, after: string): CpuShares {
  const [first, last] = [ticksOf(before), ticksOf(after)];
  const spent = last.map((ticks, i) => ticks - (first[i] ?? 0));
  const all = spent.reduce((sum, ticks) => sum + ticks, 0);
  if (all <= 0) return { busy: 0, stolen: 0 };
  const [, , , idle = 0, waiting = 0, , , stolen = 0] = spent;
  return { busy: (all - idle - waiting - stolen) / all, stolen: stolen / all };
}

function ticksOf(stat: string): readonly number[] {
  const line = /^cpu +([\d ]+)$/m.exec(stat)?.[1];
  if (line === undefined) throw new Error(`no line for all CPUs in ${stat.slice(0, 200)}`);
  return line.split(' ').slice(0, 8).map(Number);
}
