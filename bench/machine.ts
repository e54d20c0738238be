/** How fast and how quiet this machine is. Figures from other machines, or from a busy hour, cannot be compared. */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { type CpuShares, cpuShares } from './cpu-shares.ts';
import { type BenchRow, median, quantile } from './row.ts';

const LOOP_STEPS = 100_000_000;
const LOOP_RUNS = 5;
const REST_MS = 2_000;
const SYNCS = 100;
const SYNCED_BYTES = 4_096;
const COPIES = 20;
const COPIED_BYTES = 64 * 1024 * 1024;

/**
 * Returns the probe's rows, with `when` in their names. Nothing else of the bench may run meanwhile. `folder` must be
 * on the same disk as data folders.
 */
export async function probeMachine(when: string, folder: string): Promise<readonly BenchRow[]> {
  const others = await busyShares();
  const [alone, together] = [await loopSpeed(1), await loopSpeed(availableParallelism())];
  const synced = syncTimes(folder);
  const row = (name: string, value: number, unit: string): BenchRow => ({ name, value, unit });
  return [
    row(`this machine ${when}: steps of a loop on one core`, alone, 'millions/s'),
    {
      ...row('  the same on every core at once, each', together, 'millions/s'),
      reference: { name: 'millions/s alone', value: alone },
      ratio: together / alone,
    },
    row('  CPU that others used while the bench rested', others.busy * 100, '%'),
    row('  4 KiB written and synced, median', median(synced), 'ms'),
    row('  the same, p99', quantile(synced, 0.99), 'ms'),
    row('  memory copied', copySpeed(), 'GB/s'),
  ];
}

/** The share of CPU time that the host denied this virtual machine between two readings of /proc/stat. */
export const stealRow = (before: string, after: string): BenchRow => ({
  name: 'this machine during the run: CPU time that its host withheld',
  value: cpuShares(before, after).stolen * 100,
  unit: '%',
});

export const readCpuTicks = (): string => readFileSync('/proc/stat', 'utf8');

async function busyShares(): Promise<CpuShares> {
  const before = readCpuTicks();
  await sleep(REST_MS);
  return cpuShares(before, readCpuTicks());
}

/** Millions of loop steps a second in each of `threads` threads; the median of some runs. */
async function loopSpeed(threads: number): Promise<number> {
  const speeds: number[] = [];
  for (let run = 0; run < LOOP_RUNS; run++) {
    const times = await Promise.all(Array.from({ length: threads }, loopTime));
    speeds.push(...times.map((ms) => LOOP_STEPS / ms / 1_000));
  }
  return median(speeds);
}

function loopTime(): Promise<number> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./cpu-loop.mjs', import.meta.url), { workerData: { steps: LOOP_STEPS } });
    worker.once('message', ({ ms }: { readonly ms: number }) => resolve(ms));
    worker.once('error', reject);
  });
}

/** Milliseconds of each small write that the disk has confirmed, as a database makes them. */
function syncTimes(folder: string): readonly number[] {
  mkdirSync(folder, { recursive: true });
  const file = openSync(path.join(folder, 'synced'), 'w');
  const bytes = Buffer.alloc(SYNCED_BYTES, 1);
  try {
    return Array.from({ length: SYNCS }, () => {
      const begun = performance.now();
      writeSync(file, bytes);
      fsyncSync(file);
      return performance.now() - begun;
    });
  } finally {
    closeSync(file);
  }
}

function copySpeed(): number {
  const [from, to] = [Buffer.alloc(COPIED_BYTES, 1), Buffer.alloc(COPIED_BYTES, 2)];
  const speeds = Array.from({ length: COPIES }, () => {
    const begun = performance.now();
    from.copy(to);
    return COPIED_BYTES / 1_000_000 / (performance.now() - begun);
  });
  return median(speeds);
}
