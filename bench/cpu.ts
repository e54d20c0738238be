/** CPU time of the parts of a Longshore: whose work a figure is made of. */
import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { readPostmaster } from '../tools/embedded/postmaster.ts';
import { findProcesses } from '../tools/process.ts';
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
  const postmaster = readPostmaster(postgresCluster(path.join(dataDir, 'postgres')))?.pid;
  const servers = findProcesses([`--db-filename=${path.join(dataDir, 'temporal', 'temporal.db')}`]);
  return {
    Longshore: total([longshore]),
    ...(servers.length === 0 ? {} : { Temporal: total(servers) }),
    Postgres: postmaster === undefined ? 0 : total([postmaster, ...childrenOf(postmaster)]),
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

/** Postgres keeps away from folders that its own user cannot reach, and leaves a note there. */
function postgresCluster(folder: string): string {
  const note = path.join(folder, 'location');
  return path.join(existsSync(note) ? readFileSync(note, 'utf8').trim() : folder, 'cluster');
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

function childrenOf(pid: number): readonly number[] {
  const lists = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return lists.split(' ').filter(Boolean).map(Number);
}
