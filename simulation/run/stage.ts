/** What all runs of a process share: a Postgres in a temporary folder, and the workflows' bundle. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { startPostgres } from '../../tools/embedded/postgres.ts';
import { freePort } from '../../tools/free-port.ts';
import { loadWorkflowBundle } from '../../worker/bundle.ts';
import { createSandboxFactory, type SandboxFactory } from '../engine/sandbox.ts';
import { createSimulationDatabases, type SimulationDatabases } from '../world/database.ts';

export interface SimulationStage {
  readonly databases: SimulationDatabases;
  readonly sandboxes: SandboxFactory;
  close(): Promise<void>;
}

/** `cacheDir`: the folder that keeps the bundle between starts. */
export async function openSimulationStage(cacheDir: string): Promise<SimulationStage> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'longshore-simulation-'));
  const [postgres, bundle] = await Promise.all([
    startPostgres({ dataDir, port: await freePort() }),
    loadWorkflowBundle(cacheDir),
  ]);
  return {
    databases: await createSimulationDatabases(postgres.connectionString),
    sandboxes: createSandboxFactory(bundle.code),
    close: async () => {
      await postgres.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
