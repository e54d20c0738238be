/** A real store for a test file, in its own database. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, inject } from 'vitest';
import { openStore } from '../../store/index.ts';
import type { Store } from '../../store/contract/store.ts';
import { TEST_PARTITION } from './partition.ts';

export { TEST_PARTITION } from './partition.ts';

export interface TestStore {
  readonly store: Store;
  readonly postgres: { readonly connectionString: string };
  close(): Promise<void>;
}

/** An empty store. Its database is removed with the project's Postgres: see postgres-server.ts. */
export async function startTestStore(): Promise<TestStore> {
  const connectionString = await copyDatabase(inject('emptyStore'));
  const store = await openStore({ connectionString, partition: TEST_PARTITION });
  return { store, postgres: { connectionString }, close: () => store.close() };
}

/** Returns the connection string of the copy. */
async function copyDatabase(template: string): Promise<string> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const client = new pg.Client({ connectionString: onServer(template, 'postgres') });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${new URL(template).pathname.slice(1)}`);
  } finally {
    await client.end();
  }
  return onServer(template, name);
}

/** Another database on the same server. */
function onServer(connectionString: string, database: string): string {
  const url = new URL(connectionString);
  url.pathname = `/${database}`;
  return url.href;
}

/** Opens a store before a file's tests and closes it after them. Call the returned function inside tests. */
export function withTestStore(): () => TestStore {
  let running: TestStore | undefined;
  beforeAll(async () => {
    running = await startTestStore();
  });
  afterAll(async () => {
    await running?.close();
  });
  return () => {
    if (!running) throw new Error('The store is only available inside tests.');
    return running;
  };
}

/** Like withTestStore, for tests that only need the store. */
export function withStore(): () => Store {
  const running = withTestStore();
  return () => running().store;
}
