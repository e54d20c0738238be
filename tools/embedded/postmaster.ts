/** What a Postgres data directory says about the server that runs, or ran, on it. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { commandLine, endBySignals } from '../process.ts';

export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** It accepts connections. */
  readonly ready: boolean;
}

/** The server whose lock file is in the directory, dead or alive. */
export function readPostmaster(clusterDir: string): Postmaster | undefined {
  let text: string;
  try {
    text = fs.readFileSync(path.join(clusterDir, 'postmaster.pid'), 'utf8');
  } catch {
    return undefined;
  }
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return { pid, port: Number(lines[3] ?? 0), ready: (lines[7] ?? '').trim() === 'ready' };
}

/** True when the process is a Postgres server of this directory, not a later process with the same pid. */
export function isServerOf(pid: number, clusterDir: string): boolean {
  const command = commandLine(pid);
  return command.includes('postgres') && command.includes(clusterDir);
}

/** True while a process works in the directory, such as a backend that outlives its killed postmaster for a moment. */
export function isInUse(clusterDir: string): boolean {
  if (!fs.existsSync('/proc/self/cwd')) return false;
  return fs.readdirSync('/proc').some((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    try {
      return fs.readlinkSync(`/proc/${entry}/cwd`) === clusterDir;
    } catch {
      return false;
    }
  });
}

/** Stops a server cleanly, or at once if that takes too long. Acknowledged writes are safe either way. */
export async function stopServer(pid: number): Promise<void> {
  const signals = [
    ['SIGINT', 10_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const;
  if (!(await endBySignals(pid, signals))) throw new Error(`The Postgres server with pid ${pid} does not stop.`);
}
