/** `longshore agent --simulate` in its own process, so that its CPU time does not count as the control plane's. */
import type { TemporalSettings } from '../model/temporal-settings.ts';
import { type RunningCommand, startCommand } from './command.ts';

const READY_PATIENCE_MS = 1_200_000;

export interface SimulatedFleetOptions {
  /** Straight to Temporal, in that cluster; or by a join token's URL, in the token's cluster, through the agent door. */
  readonly through:
    { readonly temporal: TemporalSettings; readonly clusterName: string } | { readonly joinUrl: string };
  readonly count: number;
  readonly startMs: number;
  /** The data folder, which keeps the instances' identity. */
  readonly dataDir: string;
}

export type SimulatedFleet = RunningCommand;

/** Resolves when every instance is registered. Killed, all its instances become silent. */
export function startSimulatedFleet({
  through,
  count,
  startMs,
  dataDir,
}: SimulatedFleetOptions): Promise<SimulatedFleet> {
  const args = ['agent', '--simulate', String(count), '--start-ms', String(startMs), '--zones', 'a,b,c'];
  const room = ['--cores', '64', '--memory', '65536'];
  const [joining, env] =
    'joinUrl' in through
      ? [['--join', through.joinUrl], {}]
      : [[], { LONGSHORE_CLUSTER: through.clusterName, TEMPORAL_ADDRESS: through.temporal.address }];
  return startCommand([...args, ...room, ...joining], {
    dataDir,
    env,
    readyWhen: 'simulated instances take work',
    patienceMs: READY_PATIENCE_MS,
  });
}
