/** The embedded Postgres: start, takeover, kill -9 and migrations. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import * as path from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../../store/index.ts';
import { type EmbeddedPostgres, startPostgres } from '../../../tools/embedded/postgres.ts';
import { freePort } from '../../../tools/free-port.ts';
import { becomes } from '../../../tools/process.ts';
import { TEST_PARTITION } from '../../support/store.ts';
import { aTask } from '../../../fixtures/records.ts';
import { record, registerInstance, reserve, stopped } from '../builders.ts';

let dataDir: string;
let port: number;
let running: EmbeddedPostgres | undefined;
beforeEach(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'longshore-postgres-'));
  port = await freePort();
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
  rmSync(dataDir, { recursive: true, force: true });
});

const start = async (at = port): Promise<EmbeddedPostgres> => (running = await startPostgres({ dataDir, port: at }));
const serverPid = (): number =>
  Number(readFileSync(path.join(dataDir, 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0]);
const ask = async (connectionString: string, text: string): Promise<unknown> => {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
};

describe('startPostgres', () => {
  it('creates a durable database on loopback with its own password', async () => {
    const { connectionString } = await start();
    const asked =
      "current_setting('fsync') f, current_setting('synchronous_commit') s, current_setting('listen_addresses') l";
    expect(await ask(connectionString, `SELECT ${asked}`)).toEqual([{ f: 'on', s: 'on', l: '127.0.0.1' }]);
    expect(statSync(path.join(dataDir, 'password')).mode & 0o777).toBe(0o600);
    const guessed = connectionString.replace(/:[0-9a-f]+@/, ':postgres@');
    await expect(ask(guessed, 'SELECT 1')).rejects.toThrow('password');
    expect(existsSync(path.join(dataDir, 'postgres.log'))).toBe(true);
  });

  it('keeps what was written', async () => {
    await ask((await start()).connectionString, 'CREATE TABLE t AS SELECT 42 AS n');
    await running?.stop();
    const { connectionString } = await start();
    expect(await ask(connectionString, 'SELECT n FROM t')).toEqual([{ n: 42 }]);
  });

  it('takes over a server that outlived its Longshore, on the same port or another', async () => {
    await start();
    const pid = serverPid();
    await start();
    expect(serverPid()).toBe(pid);
    const { connectionString } = await start(await freePort());
    expect(serverPid()).not.toBe(pid);
    expect(await ask(connectionString, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('starts after kill -9 of the server, and with a lock file that names another program’s process', async () => {
    await start();
    process.kill(serverPid(), 'SIGKILL');
    await start();
    const lock = path.join(dataDir, 'cluster', 'postmaster.pid');
    const text = readFileSync(lock, 'utf8');
    await running?.stop();
    writeFileSync(lock, text.replace(/^\d+/, String(process.pid)));
    expect(await ask((await start()).connectionString, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('repeats an interrupted creation', async () => {
    mkdirSync(path.join(dataDir, 'cluster.new'));
    writeFileSync(path.join(dataDir, 'cluster.new', 'half'), '');
    expect(await ask((await start()).connectionString, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('reports that the port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    await expect(start()).rejects.toThrow(`port ${port} is taken`);
    await new Promise((resolve) => other.close(resolve));
  });

  it('reports that the password is lost', async () => {
    await start();
    await running?.stop();
    running = undefined;
    rmSync(path.join(dataDir, 'password'));
    await expect(start()).rejects.toThrow('password is missing');
  });

  it('keeps the database elsewhere if its user may not enter the data folder', async () => {
    if (process.getuid?.() !== 0) return;
    rmSync(dataDir, { recursive: true });
    const closed = mkdtempSync(path.join(realpathSync(homedir()), '.longshore-test-'));
    dataDir = path.join(closed, 'data');
    await ask((await start()).connectionString, 'CREATE TABLE t AS SELECT 7 AS n');
    const home = readFileSync(path.join(dataDir, 'location'), 'utf8').trim();
    await running?.stop();
    expect(await ask((await start()).connectionString, 'SELECT n FROM t')).toEqual([{ n: 7 }]);
    await running?.stop();
    running = undefined;
    rmSync(closed, { recursive: true });
    rmSync(home, { recursive: true });
  });
});

/** Tasks reserved before the kill. */
const WRITES_A_ROUND = 36;

describe('kill -9 of the database in the middle of writes', () => {
  it('loses no confirmed write, and leaves the ledger correct', async () => {
    const { connectionString } = await start();
    const store = await openStore({ connectionString, partition: TEST_PARTITION });
    const ids = await Promise.all([1, 2, 3].map(() => registerInstance(store, { cpu: 999_999, memoryMiB: 999_999 })));
    const confirmed: string[] = [];
    const ended: string[] = [];
    for (let round = 0; round < 3; round++) {
      let isUp = true;
      const writers = Array.from({ length: 6 }, async () => {
        while (isUp) {
          const tasks = ids.map((containerInstanceId) => aTask({ containerInstanceId }));
          try {
            confirmed.push(...(await reserve(store, tasks)).reserved.map((task) => task.taskId));
            await record(store, [stopped(tasks[0]!.taskId)]);
            ended.push(tasks[0]!.taskId);
          } catch (error) {
            expect(error).toMatchObject({ code: 'ServiceUnavailable' });
            isUp = false;
          }
        }
      });
      // The kill comes in the middle, however busy the machine is: when a round's writers have written a dozen times.
      const enough = confirmed.length + WRITES_A_ROUND;
      expect(await becomes(() => Promise.resolve(confirmed.length >= enough || !isUp), 30_000)).toBe(true);
      process.kill(serverPid(), 'SIGKILL');
      await Promise.all(writers);
      await start();
      expect(await store.checkCapacityInvariant()).toEqual([]);
      const found = await store.getTasks('default', confirmed);
      expect(found).toHaveLength(confirmed.length);
      const ofEnded = found.filter((task) => ended.includes(task.taskId));
      expect(ofEnded.every((task) => task.lastStatus === 'STOPPED')).toBe(true);
    }
    expect(confirmed.length).toBeGreaterThan(2 * WRITES_A_ROUND);
    await store.close();
  });
});

describe('migrations', () => {
  it('run once, however many processes open the store at the same time', async () => {
    const { connectionString } = await start();
    const open = () => openStore({ connectionString, partition: TEST_PARTITION, poolSize: 2 });
    const stores = await Promise.all(Array.from({ length: 6 }, open));
    await Promise.all(stores.map((store) => store.close()));
    const applied = () => ask(connectionString, 'SELECT number, applied_at, xmin FROM schema_migrations ORDER BY 1');
    const once = await applied();
    await (await open()).close();
    expect(await applied()).toEqual(once);
    await ask(connectionString, "INSERT INTO schema_migrations VALUES (9999, 'future')");
    await expect(open()).rejects.toThrow('is of a newer Longshore');
  });
});
