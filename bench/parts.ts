/** Finds the processes of a Longshore, by part. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { readPostmaster } from '../tools/embedded/postmaster.ts';
import { findProcesses } from '../tools/process.ts';

export interface PartPids {
  /** The all-in-one process and its children, without the embedded servers. */
  readonly longshore: readonly number[];
  /** Processes of the embedded server; empty if Temporal runs elsewhere. */
  readonly temporal: readonly number[];
  readonly postgres: readonly number[];
}

export function partPids(longshore: number, dataDir: string): PartPids {
  const postmaster = readPostmaster(postgresCluster(path.join(dataDir, 'postgres')))?.pid;
  const temporal = findProcesses([`--db-filename=${path.join(dataDir, 'temporal', 'temporal.db')}`]);
  const postgres = postmaster === undefined ? [] : [postmaster, ...descendantsOf(postmaster)];
  const servers = new Set([...temporal, ...postgres]);
  return { longshore: [longshore, ...descendantsOf(longshore)].filter((pid) => !servers.has(pid)), temporal, postgres };
}

/** Postgres avoids folders that its own user cannot reach. A note in the folder then names the real one. */
function postgresCluster(folder: string): string {
  const note = path.join(folder, 'location');
  return path.join(existsSync(note) ? readFileSync(note, 'utf8').trim() : folder, 'cluster');
}

function descendantsOf(pid: number): readonly number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}

/** Each thread may have its own children. A process may end while it is read. */
function childrenOf(pid: number): readonly number[] {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const lists = threads.map((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8'));
    return lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number));
  } catch {
    return [];
  }
}
