/** Processes that may outlive this one, or that an earlier run left: each is recognised before it is touched. */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** The command line of a process, with spaces between its parts. Empty when there is no such process. */
export function commandLine(pid: number): string {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    if (fs.existsSync('/proc/self/cmdline')) return '';
  }
  try {
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { stdio: 'pipe' })
      .toString()
      .trim();
  } catch {
    return '';
  }
}

/** The parent of a process. Undefined when there is no such process. */
export function parentOf(pid: number): number | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    if (fs.existsSync('/proc/self/stat')) return undefined;
  }
  try {
    return Number(execFileSync('ps', ['-o', 'ppid=', '-p', String(pid)], { stdio: 'pipe' }).toString());
  } catch {
    return undefined;
  }
}

/** False for a zombie too, since it holds no resources. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  try {
    return !/^State:\s+Z/m.test(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return !fs.existsSync('/proc/self/status');
  }
}

/** Ends a process: SIGTERM, then SIGKILL if it is still there after `patienceMs`. */
export async function endProcess(pid: number, patienceMs: number): Promise<void> {
  await endBySignals(pid, [
    ['SIGTERM', patienceMs],
    ['SIGKILL', 5_000],
  ]);
}

/** Sends one signal after the other, each with the time in ms that the process has to end. False: it is still there. */
export async function endBySignals(
  pid: number,
  signals: readonly (readonly [signal: NodeJS.Signals, patienceMs: number])[],
): Promise<boolean> {
  for (const [signal, patienceMs] of signals) {
    if (!isAlive(pid)) return true;
    try {
      process.kill(pid, signal);
    } catch {
      return true;
    }
    if (await becomes(() => !isAlive(pid), patienceMs, 10)) return true;
  }
  return false;
}

/** Waits until the condition holds, and checks it every `everyMs`. False when the time is up. */
export async function becomes(
  condition: () => boolean | Promise<boolean>,
  withinMs: number,
  everyMs = 50,
): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > deadline) return false;
    await sleep(everyMs);
  }
  return true;
}

/** True when something accepts connections on the loopback port. */
export function isListening(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port });
    const answer = (listening: boolean): void => {
      socket.destroy();
      resolve(listening);
    };
    // When this process was busy for so long, the answer is there already and comes before the immediate.
    socket.setTimeout(2_000, () => setImmediate(() => answer(true)));
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });
}

/** The pid in the file, if that process is alive and its command line contains all the marks. */
export function readOwnPid(file: string, marks: readonly string[]): number | undefined {
  let pid: number;
  try {
    pid = Number(fs.readFileSync(file, 'utf8').trim());
  } catch {
    return undefined;
  }
  if (!Number.isInteger(pid) || pid <= 1 || !isAlive(pid)) return undefined;
  const command = commandLine(pid);
  return marks.every((mark) => command.includes(mark)) ? pid : undefined;
}

/** The pids of all other processes whose command line contains all the marks. */
export function findProcesses(marks: readonly string[]): readonly number[] {
  return listPids().filter((pid) => {
    if (pid === process.pid || !isAlive(pid)) return false;
    const command = commandLine(pid);
    return command !== '' && marks.every((mark) => command.includes(mark));
  });
}

function listPids(): readonly number[] {
  const names = fs.existsSync('/proc/self/cmdline')
    ? fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))
    : execFileSync('ps', ['-axo', 'pid='], { stdio: 'pipe' }).toString().split('\n');
  return names.map((name) => Number(name.trim())).filter((pid) => pid > 1);
}
