/** What instances that do nothing cost the agent door. */
import { setTimeout as sleep } from 'node:timers/promises';
import { secondsOf } from './cpu.ts';
import type { DoorSite } from './door-site.ts';
import { residentMegabytes } from './memory.ts';
import { atMost, type BenchRow } from './row.ts';
import type { Stage } from './stage.ts';

/** After this time, all watches have begun and all registrations are written. */
const SETTLE_MS = 20_000;
/** Some heartbeats of each instance, whatever their pace. */
const WATCH_MS = 120_000;
const REACH_PERCENT = 10;

/** The CPU of the door's process while nothing happens, beside how many calls it passes in that time. */
export async function idleRows(stage: Stage, site: DoorSite, what: string): Promise<readonly BenchRow[]> {
  const { door, fleet } = site;
  await sleep(stage.size(SETTLE_MS, 2_000));
  const begun = Date.now();
  const before = secondsOf(door.pid);
  await sleep(stage.size(WATCH_MS, 20_000));
  const seconds = (Date.now() - begun) / 1_000;
  const percent = ((secondsOf(door.pid) - before) / seconds) * 100;
  const lines = door.traffic().filter(({ time }) => time >= begun);
  const rate = (of: 'calls' | 'polls'): number => lines.reduce((sum, line) => sum + line[of], 0) / seconds;
  return [
    {
      name: `${what}: CPU of the door`,
      value: percent,
      unit: '% of a core',
      reference: { name: `calls a second, of them ${rate('polls').toFixed(1)} polls`, value: rate('calls') },
    },
    { name: '  connections of the agents', value: lines.at(-1)?.connections ?? 0, unit: '' },
    { name: "  memory of the door's process", value: residentMegabytes(door.pid), unit: 'MB' },
    { name: "  memory of the instances' process", value: residentMegabytes(fleet.pid), unit: 'MB' },
  ];
}

/** The row of the CPU with its reach. */
export const idleReach = ([cpu, ...others]: readonly BenchRow[]): readonly BenchRow[] =>
  cpu === undefined ? others : [atMost(cpu, REACH_PERCENT), ...others];
