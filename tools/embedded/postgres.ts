/**
 * The embedded Postgres: a real server with its database in a folder of Longshore's, on loopback only. It starts whatever
 * was killed before: an unfinished creation is repeated, a server that outlived its Longshore is taken over, and a stale
 * lock file is removed. The server runs in its own session, so that a Ctrl-C reaches it only through `stop`.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import pg from 'pg';
import { portTaken } from '../ports.ts';
import { becomes, isAlive } from '../process.ts';
import { SetupError } from '../settings.ts';
import { type PostgresHome, preparePostgresHome } from './postgres-home.ts';
import { isInUse, isServerOf, readPostmaster, stopServer } from './postmaster.ts';

export interface EmbeddedPostgres {
  readonly connectionString: string;
  /** The folder of the database: the data folder, or another folder that the server's user can reach. */
  readonly folder: string;
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** The folder for the password, the log and, if the server's user can reach it, the database. */
  readonly dataDir: string;
  readonly port: number;
}

const SUPERUSER = 'longshore';
const DATABASE = 'longshore';
const START_PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 10;

/** With fsync and synchronous_commit, acknowledged writes survive a kill and a power cut. */
const SETTINGS = {
  fsync: 'on',
  synchronous_commit: 'on',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '128MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  jit: 'off',
  autovacuum_naptime: '15s',
  log_checkpoints: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
} as const;

interface Site extends PostgresHome {
  readonly port: number;
  readonly clusterDir: string;
  readonly logFile: string;
  readonly password: string;
}

/** Starts the server, or takes over the one that already runs on the folder. Rejects with advice when neither works. */
export async function startPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = path.resolve(options.dataDir);
  const home = preparePostgresHome(dataDir);
  const site: Site = {
    ...home,
    port: options.port,
    clusterDir: path.join(home.home, 'cluster'),
    logFile: path.join(dataDir, 'postgres.log'),
    password: readOrMakePassword(path.join(dataDir, 'password'), path.join(home.home, 'cluster')),
  };
  if (!fs.existsSync(site.clusterDir)) await createCluster(site);
  const pid = (await takeOver(site)) ?? (await launchOrTakeOver(site));
  await ensureDatabase(site);
  return { connectionString: connectionString(site, DATABASE), folder: site.home, stop: () => stopServer(pid) };
}

/** The address of the server that runs on the folder; undefined if there never was one. */
export function embeddedDatabaseUrl({ dataDir, port }: EmbeddedPostgresOptions): string | undefined {
  const file = path.join(path.resolve(dataDir), 'password');
  if (!fs.existsSync(file)) return undefined;
  return connectionString({ password: fs.readFileSync(file, 'utf8').trim(), port }, DATABASE);
}

const connectionString = (site: Pick<Site, 'password' | 'port'>, database: string): string =>
  `postgresql://${SUPERUSER}:${site.password}@127.0.0.1:${site.port}/${database}`;

function readOrMakePassword(file: string, clusterDir: string): string {
  if (fs.existsSync(file)) return fs.readFileSync(file, 'utf8').trim();
  if (fs.existsSync(clusterDir)) {
    throw new SetupError(
      `The database's password is missing. Restore ${file}, or remove ${clusterDir} to start with an empty database.`,
    );
  }
  const password = randomBytes(24).toString('hex');
  fs.writeFileSync(`${file}.new`, `${password}\n`, { mode: 0o600, flush: true });
  fs.renameSync(`${file}.new`, file);
  return password;
}

/** Creates the database under another name and renames it at the end, so that a kill in between leaves no half-made database. */
async function createCluster(site: Site): Promise<void> {
  const unfinished = path.join(site.home, 'cluster.new');
  const passwordFile = path.join(site.home, 'cluster.password');
  fs.rmSync(unfinished, { recursive: true, force: true });
  fs.mkdirSync(unfinished, { mode: 0o700 });
  fs.rmSync(passwordFile, { force: true });
  fs.writeFileSync(passwordFile, `${site.password}\n`, { mode: 0o600 });
  if (site.runAs) {
    for (const file of [unfinished, passwordFile]) fs.chownSync(file, site.runAs.uid, site.runAs.gid);
  }
  const process_ = spawnPostgres(site, 'initdb', [
    `--pgdata=${unfinished}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--no-locale',
  ]);
  const code = await new Promise<number | null>((resolve, reject) => {
    process_.once('error', reject);
    process_.once('exit', resolve);
  });
  fs.rmSync(passwordFile, { force: true });
  if (code !== 0) throw new SetupError(`Postgres could not create its database (${lastLines(site.logFile)}).`);
  fs.renameSync(unfinished, site.clusterDir);
}

function spawnPostgres(site: Site, program: 'initdb' | 'postgres', args: readonly string[]) {
  // The server inherits the open log, so its user needs no access to the log file.
  const log = fs.openSync(site.logFile, 'a', 0o600);
  try {
    return spawn(path.join(site.binaries, 'bin', program), args, {
      cwd: site.home,
      detached: true,
      stdio: ['ignore', log, log],
      env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
      ...(site.runAs ?? {}),
    });
  } finally {
    fs.closeSync(log);
  }
}

/**
 * The pid of a server that outlived its Longshore and still serves this folder on this port. Stops a server on another
 * port, or one that does not answer. Removes the lock file of a killed server once none of its processes are left.
 */
async function takeOver(site: Site): Promise<number | undefined> {
  const found = readPostmaster(site.clusterDir);
  if (!found) return undefined;
  if (isServerOf(found.pid, site.clusterDir) && isAlive(found.pid)) {
    await becomes(
      () => readPostmaster(site.clusterDir)?.ready === true || !isAlive(found.pid),
      START_PATIENCE_MS,
      LOOK_EVERY_MS,
    );
    if (found.port === site.port && (await answers(site))) return found.pid;
    await stopServer(found.pid);
    return undefined;
  }
  if (!(await becomes(() => !isInUse(site.clusterDir), START_PATIENCE_MS, LOOK_EVERY_MS))) {
    throw new SetupError(
      `Processes of a killed Postgres still work in ${site.clusterDir}. End them, then start Longshore again.`,
    );
  }
  fs.rmSync(path.join(site.clusterDir, 'postmaster.pid'), { force: true });
  return undefined;
}

async function answers(site: Site): Promise<boolean> {
  const client = new pg.Client({ connectionString: connectionString(site, 'postgres') });
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

/** A server that was starting when its Longshore was killed may take the lock only now. This takes over that server. */
async function launchOrTakeOver(site: Site): Promise<number> {
  try {
    return await launch(site);
  } catch (error) {
    const found = readPostmaster(site.clusterDir);
    if (!found || !isServerOf(found.pid, site.clusterDir)) throw error;
    return (await takeOver(site)) ?? (await launch(site));
  }
}

async function launch(site: Site): Promise<number> {
  const settings = Object.entries({ ...SETTINGS, port: String(site.port) });
  const flags = settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = spawnPostgres(site, 'postgres', ['-D', site.clusterDir, ...flags]);
  let ended: string | undefined;
  server.once('error', (error) => (ended = error.message));
  const onExit = (): void => {
    ended ??= lastLines(site.logFile);
  };
  server.once('exit', onExit);
  server.unref();
  const isReady = (): boolean => {
    const postmaster = readPostmaster(site.clusterDir);
    return postmaster?.pid === server.pid && postmaster?.ready === true;
  };
  await becomes(() => ended !== undefined || isReady(), START_PATIENCE_MS, LOOK_EVERY_MS);
  if (ended !== undefined || server.pid === undefined) {
    throw ended?.includes('Address already in use') === true
      ? portTaken({ part: 'Postgres', port: site.port, setting: 'LONGSHORE_POSTGRES_PORT' })
      : new SetupError(`Postgres ended at start (see ${site.logFile}): ${ended ?? 'no process'}`);
  }
  server.off('exit', onExit);
  if (!isReady())
    throw new SetupError(`Postgres is not ready after ${START_PATIENCE_MS / 1000} s (see ${site.logFile}).`);
  return server.pid;
}

function lastLines(file: string): string {
  return fs.readFileSync(file, 'utf8').trimEnd().split('\n').slice(-8).join(' | ');
}

async function ensureDatabase(site: Site): Promise<void> {
  const client = new pg.Client({ connectionString: connectionString(site, 'postgres') });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}
