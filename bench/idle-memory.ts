/** How much memory an idle Longshore takes: main process, embedded Temporal and Postgres together. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLongshore } from './longshore.ts';
import { type PartPids, partPids } from './parts.ts';
import { atMost, type BenchRow, median } from './row.ts';
import type { Stage } from './stage.ts';

/** After this time, what a start leaves behind has been collected or has settled. */
const SETTLE_MS = 60_000;
const SAMPLES = 10;
const SAMPLE_EVERY_MS = 1_000;
const REACH_MB = 500;

type Megabytes = Readonly<Record<keyof PartPids, number>>;

export async function benchIdleMemory(stage: Stage): Promise<readonly BenchRow[]> {
  const dataDir = stage.folder('idle');
  const dockerHost = `unix://${(await stage.engine()).socketPath}`;
  const longshore = await startLongshore({ dataDir, dockerHost, ...stage.options });
  stage.onEnd(() => longshore.stop());
  await sleep(stage.size(SETTLE_MS, 3_000));
  const samples: Megabytes[] = [];
  for (let i = 0; i < SAMPLES; i++) {
    samples.push(memoryOf(partPids(longshore.pid, dataDir)));
    await sleep(stage.size(SAMPLE_EVERY_MS, 100));
  }
  await longshore.stop();
  return memoryRows(samples);
}

const memoryOf = (pids: PartPids): Megabytes => ({
  longshore: total(pids.longshore),
  temporal: total(pids.temporal),
  postgres: total(pids.postgres),
});

/** The medians of the samples, because garbage collection makes them vary. */
function memoryRows(samples: readonly Megabytes[]): readonly BenchRow[] {
  const row = (name: string, of: (sample: Megabytes) => number): BenchRow => ({
    name,
    value: median(samples.map(of)),
    unit: 'MB',
  });
  return [
    atMost(
      row('memory of an idle Longshore, all in one, sum of PSS', (s) => s.longshore + s.temporal + s.postgres),
      REACH_MB,
    ),
    row('  of it the api, the worker and the agent', (s) => s.longshore),
    row('  of it Temporal', (s) => s.temporal),
    row('  of it Postgres', (s) => s.postgres),
  ];
}

const total = (pids: readonly number[]): number => pids.reduce((sum, pid) => sum + pssOf(pid), 0);

/** A Postgres process may end between two samples. */
function pssOf(pid: number): number {
  try {
    return proportionalMegabytes(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return 0;
    throw error;
  }
}

/** Reads the proportional set size from a `smaps_rollup`, whose "kB" are 1,024 bytes. */
export function proportionalMegabytes(rollup: string): number {
  const kib = /^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1];
  if (kib === undefined) throw new Error(`no Pss in ${rollup.slice(0, 200)}`);
  return (Number(kib) * 1_024) / 1_000_000;
}
