/** Starts one Postgres for all files of a project whose tests need a store, with a template database to copy. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { TestProject } from 'vitest/node';
import { openStore } from '../../store/index.ts';
import { startPostgres } from '../../tools/embedded/postgres.ts';
import { freePort } from '../../tools/free-port.ts';
import { TEST_PARTITION } from './partition.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /**
     * Connection string of a database with today's schema and no rows. Nobody may connect to it, because then it could
     * not be copied.
     */
    readonly emptyStore: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'longshore-store-'));
  const postgres = await startPostgres({ dataDir, port: await freePort() });
  const { connectionString } = postgres;
  const store = await openStore({ connectionString, partition: TEST_PARTITION });
  await store.close();
  project.provide('emptyStore', connectionString);
  return async () => {
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
}
