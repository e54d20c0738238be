/** CPU time of the parts of a Longshore: whose work a figure is made of. */
import { readFileSync } from 'node:fs';
import { partPids } from './parts.ts';
import type { BenchRow } from './row.ts';

/** Of Linux's accounting. */
const TICKS_A_SECOND = 100;

/** Seconds of CPU since each part began; of Temporal when it is the embedded one. */
export type CpuTimes = Readonly<Record<'Longshore' | 'Postgres' | 'instances', number>> & {
  readonly Temporal?: number;
};

export interface Parts {
  readonly longshore: number;
  readonly dataDir: string;
  /** Of the processes that simulate container instances. */
  readonly instances: readonly number[];
}

export function cpuTimes({ longshore, dataDir, instances }: Parts): CpuTimes {
  const pids = partPids(longshore, dataDir);
  return {
    Longshore: total(pids.longshore),
    ...(pids.temporal.length === 0 ? {} : { Temporal: total(pids.temporal) }),
    Postgres: total(pids.postgres),
    instances: total(instances),
  };
}

/** A row that only reports, to stand under a figure. */
export function cpuRow(before: CpuTimes, after: CpuTimes): BenchRow {
  const spent = (part: keyof CpuTimes): number => (after[part] ?? 0) - (before[part] ?? 0);
  const others = `Postgres ${spent('Postgres').toFixed(1)}, instances ${spent('instances').toFixed(1)}`;
  const row = { name: "  CPU meanwhile: Longshore's", value: spent('Longshore'), unit: 's' };
  if (after.Temporal === undefined) return { ...row, name: `${row.name} (${others}, Temporal elsewhere)` };
  return { ...row, reference: { name: `s Temporal (${others})`, value: spent('Temporal') } };
}

const total = (pids: readonly number[]): number => pids.reduce((sum, pid) => sum + secondsOf(pid), 0);

/** Its own and that of children that have ended. */
function secondsOf(pid: number): number {
  const ticks = fieldsOf(pid)?.slice(11, 15).map(Number) ?? [];
  return ticks.reduce((sum, n) => sum + n, 0) / TICKS_A_SECOND;
}

/** What follows the command's name, which may hold anything. */
function fieldsOf(pid: number): readonly string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
  } catch {
    return undefined;
  }
}
