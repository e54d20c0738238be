/** A real store over a Postgres of the test file's own, in a temporary folder. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { Partition } from '../../model/arn.ts';
import { openStore } from '../../store/index.ts';
import type { Store } from '../../store/types.ts';
import { type EmbeddedPostgres, startPostgres } from '../../tools/embedded/postgres.ts';
import { freePort } from '../../tools/free-port.ts';

export const TEST_PARTITION: Partition = { account: '123456789012', region: 'us-east-1' };

export interface TestStore {
  readonly store: Store;
  readonly postgres: EmbeddedPostgres;
  readonly dataDir: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Starts a Postgres with an up-to-date, empty store; `close` removes both. */
export async function startTestStore(): Promise<TestStore> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'longshore-store-'));
  const port = await freePort();
  const postgres = await startPostgres({ dataDir, port });
  const store = await openStore({ connectionString: postgres.connectionString, partition: TEST_PARTITION });
  const close = async (): Promise<void> => {
    await store.close();
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { store, postgres, dataDir, port, close };
}

/** For a test file: started once before its tests, removed after them; call the returned function inside tests. */
export function withTestStore(): () => TestStore {
  let running: TestStore | undefined;
  beforeAll(async () => {
    running = await startTestStore();
  });
  afterAll(async () => {
    await running?.close();
  });
  return () => {
    if (!running) throw new Error('The store is there inside tests only.');
    return running;
  };
}

/** As withTestStore, for tests that need the store alone. */
export function withStore(): () => Store {
  const running = withTestStore();
  return () => running().store;
}
