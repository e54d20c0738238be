/** CPU time of the parts of a Longshore, which shows who did the work behind a figure. */
import { readFileSync } from 'node:fs';
import { partPids } from './parts.ts';
import type { BenchRow } from './row.ts';

/** The unit of Linux's accounting. */
const TICKS_A_SECOND = 100;

/** Seconds of CPU that each part has used since it began. `Temporal` is there only if the server is embedded. */
export type CpuTimes = Readonly<Record<'Longshore' | 'Postgres' | 'instances', number>> & {
  readonly Temporal?: number;
};

export interface Parts {
  readonly longshore: number;
  readonly dataDir: string;
  /** The processes that simulate container instances. */
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

/** A row without a reach, to print below a figure. */
export function cpuRow(before: CpuTimes, after: CpuTimes): BenchRow {
  const spent = (part: keyof CpuTimes): number => (after[part] ?? 0) - (before[part] ?? 0);
  const others = `Postgres ${spent('Postgres').toFixed(1)}, instances ${spent('instances').toFixed(1)}`;
  const row = { name: "  CPU meanwhile: Longshore's", value: spent('Longshore'), unit: 's' };
  if (after.Temporal === undefined) return { ...row, name: `${row.name} (${others}, Temporal elsewhere)` };
  return { ...row, reference: { name: `s Temporal (${others})`, value: spent('Temporal') } };
}

const total = (pids: readonly number[]): number => pids.reduce((sum, pid) => sum + secondsOf(pid), 0);

/** Seconds of CPU of the process and of its children that have ended. */
export function secondsOf(pid: number): number {
  const ticks = fieldsOf(pid)?.slice(11, 15).map(Number) ?? [];
  return ticks.reduce((sum, n) => sum + n, 0) / TICKS_A_SECOND;
}

/** The fields after the command's name, which may contain any character. */
function fieldsOf(pid: number): readonly string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
  } catch {
    return undefined;
  }
}
