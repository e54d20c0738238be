/**
 * The embedded Temporal: its dev server with a SQLite file and the UI, on loopback. It runs in its own session, so a
 * Ctrl-C reaches it only through `stop`, and a server that outlived a killed Longshore is taken over. docs/durability.md
 * explains what the SQLite settings preserve, and temporal-listeners.ts where the HTTP servers listen.
 */
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import type { TemporalSettings } from '../../model/temporal-settings.ts';
import { lastLines } from '../command.ts';
import { portTaken } from '../ports.ts';
import { becomes, commandLine, endProcess, findProcesses, isAlive, isListening } from '../process.ts';
import { SetupError } from '../settings.ts';
import { connectTemporal } from '../temporal-connection.ts';
import {
  listenerArguments,
  uiAddressIn,
  type TemporalListeners,
  type UiAddress,
  withListeners,
} from './temporal-listeners.ts';
import { temporalExecutable } from './temporal-executable.ts';

export interface EmbeddedTemporalOptions {
  /** The folder for the database and the log. */
  readonly dataDir: string;
  readonly cacheDir: string;
  readonly port: number;
  /** normal: a killed process loses nothing. full: a power cut loses nothing either, at a price (docs/durability.md). */
  readonly sync: 'normal' | 'full';
}

export interface EmbeddedTemporal {
  readonly settings: TemporalSettings;
  /** Where the UI listens until the next start. Only for the proxy in front of it, which checks the requests. */
  readonly ui: UiAddress;
  /** Stops the server cleanly. Acknowledged writes are on the disk either way. */
  stop(): Promise<void>;
}

const SETTINGS_FILE = fileURLToPath(new URL('temporal-settings.yaml', import.meta.url));
/** Each setting has one value without constraints. */
const Value = z.union([z.number(), z.boolean(), z.array(z.string())]);
const DynamicConfig = z.record(z.string(), z.tuple([z.strictObject({ value: Value })]));
const START_PATIENCE_MS = 60_000;
const STOP_PATIENCE_MS = 5_000;

/** Starts the server, or takes over the one that already runs on the folder. */
export async function startTemporal(options: EmbeddedTemporalOptions): Promise<EmbeddedTemporal> {
  const folder = path.resolve(options.dataDir);
  fs.mkdirSync(folder, { recursive: true });
  const database = path.join(folder, 'temporal.db');
  const args = serverArguments(database, options);
  const settings = { address: `127.0.0.1:${options.port}`, namespace: 'default' };
  const untilUp = async (begun: Running): Promise<Running> => {
    await awaitNamespace(settings, begun.pid, path.join(folder, 'temporal.log'));
    return begun;
  };
  const same = await takeOver(database, args);
  const running =
    same === undefined
      ? await withListeners(async (listeners) => untilUp(await launch(folder, args, { ...options, listeners })))
      : await untilUp(same);
  return { settings, ui: running.ui, stop: () => endProcess(running.pid, STOP_PATIENCE_MS) };
}

interface Running {
  readonly pid: number;
  readonly ui: UiAddress;
}

/** The arguments that are the same at every start. A server whose command line ends with all of them can be taken over. */
function serverArguments(database: string, options: EmbeddedTemporalOptions): readonly string[] {
  return [
    '--ip=127.0.0.1',
    `--port=${options.port}`,
    `--db-filename=${database}`,
    '--sqlite-pragma=journal_mode=WAL',
    `--sqlite-pragma=synchronous=${options.sync.toUpperCase()}`,
    ...dynamicConfig(),
    '--log-level=warn',
    '--log-format=json',
  ];
}

/** As arguments, since the dev server does not read a file of settings. */
function dynamicConfig(): readonly string[] {
  const settings = DynamicConfig.parse(parse(fs.readFileSync(SETTINGS_FILE, 'utf8')));
  return Object.entries(settings).map(
    ([name, [{ value }]]) => `--dynamic-config-value=${name}=${JSON.stringify(value)}`,
  );
}

/** Keeps a server with the same arguments, and ends any other server on the same database. */
async function takeOver(database: string, args: readonly string[]): Promise<Running | undefined> {
  let same: Running | undefined;
  for (const pid of findProcesses(['start-dev', `--db-filename=${database}`])) {
    const command = commandLine(pid);
    const ui = command.endsWith(` ${args.join(' ')}`) ? uiAddressIn(command) : undefined;
    if (same === undefined && ui !== undefined) same = { pid, ui };
    else await endProcess(pid, STOP_PATIENCE_MS);
  }
  return same;
}

async function launch(
  folder: string,
  args: readonly string[],
  { port, cacheDir, listeners }: EmbeddedTemporalOptions & { readonly listeners: TemporalListeners },
): Promise<Running> {
  if (await isListening(port)) throw portTaken({ part: 'Temporal', port, setting: 'LONGSHORE_TEMPORAL_PORT' });
  const executable = await temporalExecutable(cacheDir);
  const logFile = path.join(folder, 'temporal.log');
  const log = fs.openSync(logFile, 'a', 0o600);
  const server = spawn(executable, ['server', 'start-dev', ...listenerArguments(listeners), ...args], {
    cwd: folder,
    detached: true,
    stdio: ['ignore', log, log],
  });
  fs.closeSync(log);
  const pid = await new Promise<number>((resolve, reject) => {
    server.once('error', (error) => reject(new SetupError(`Temporal cannot be started: ${error.message}`)));
    server.once('spawn', () => resolve(server.pid ?? 0));
  });
  server.unref();
  return { pid, ui: listeners.ui };
}

/** Waits until the server answers calls to the namespace. */
async function awaitNamespace(settings: TemporalSettings, pid: number, logFile: string): Promise<void> {
  const port = Number(settings.address.split(':')[1]);
  const isUp = await becomes(async () => !isAlive(pid) || (await isListening(port)), START_PATIENCE_MS);
  if (!isAlive(pid)) {
    throw new SetupError(`Temporal ended at start: ${lastLines(logFile, 2)}\n  Full log: ${logFile}`);
  }
  if (!isUp) throw new SetupError(`Temporal does not answer after ${START_PATIENCE_MS / 1000} s. Its log: ${logFile}`);
  const client = await connectTemporal(settings, START_PATIENCE_MS);
  try {
    const answers = await becomes(async () => {
      try {
        await client.workflowService.describeNamespace({ namespace: settings.namespace });
        return true;
      } catch {
        return false;
      }
    }, START_PATIENCE_MS);
    if (!answers) throw new SetupError(`Temporal's namespace does not answer. Its log: ${logFile}`);
  } finally {
    await client.connection.close();
  }
}
