/** `longshore agent --simulate` in its own process, so that its CPU time does not count as the control plane's. */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import type { TemporalSettings } from '../model/temporal-settings.ts';
import { becomes } from '../tools/process.ts';
import { ENTRY, withoutSettings } from './longshore.ts';

const READY_PATIENCE_MS = 240_000;

export interface SimulatedFleetOptions {
  readonly temporal: TemporalSettings;
  readonly clusterName: string;
  readonly count: number;
  readonly startMs: number;
  /** The data folder, which keeps the instances' identity. */
  readonly dataDir: string;
}

export interface SimulatedFleet {
  readonly pid: number;
  /** Kills the process; all its instances become silent. */
  kill(): Promise<void>;
}

/** Resolves when every instance is registered. */
export async function startSimulatedFleet(options: SimulatedFleetOptions): Promise<SimulatedFleet> {
  mkdirSync(options.dataDir, { recursive: true });
  const logFile = path.join(options.dataDir, 'output.log');
  const log = openSync(logFile, 'a');
  const { count, startMs } = options;
  const args = ['--simulate', String(count), '--start-ms', String(startMs), '--zones', 'a,b,c', '--cores', '64'];
  const child = spawn(process.execPath, [ENTRY, 'agent', ...args, '--memory', '65536'], {
    stdio: ['ignore', log, log],
    env: {
      ...withoutSettings(),
      LONGSHORE_DATA: options.dataDir,
      LONGSHORE_CLUSTER: options.clusterName,
      TEMPORAL_ADDRESS: options.temporal.address,
    },
  });
  closeSync(log);
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const isReady = (): boolean => readFileSync(logFile, 'utf8').includes('simulated instances take work');
  const up = await becomes(() => hasEnded() || isReady(), READY_PATIENCE_MS, 250);
  if (!up || hasEnded()) {
    child.kill('SIGKILL');
    throw new Error(`The simulated instances did not register:\n${readFileSync(logFile, 'utf8').slice(-2000)}`);
  }
  return {
    pid: child.pid ?? 0,
    kill: async () => {
      child.kill('SIGKILL');
      await becomes(hasEnded, 5_000);
    },
  };
}
