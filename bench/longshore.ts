/** Starts a Longshore for the bench: `npm start` in a child process, as a user runs it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ECSClient } from '@aws-sdk/client-ecs';
import type { TemporalSettings } from '../model/temporal-settings.ts';
import { freePort } from '../tools/free-port.ts';
import { becomes } from '../tools/process.ts';

export const ENTRY = fileURLToPath(new URL('../cli/longshore.mjs', import.meta.url));
const READY_PATIENCE_MS = 60_000;
/** Long, because writing a profile takes time. */
const STOP_PATIENCE_MS = 60_000;

export interface LongshoreOptions {
  readonly dataDir: string;
  readonly dockerHost: string;
  /** host:port of your own server; without it, the embedded one starts. */
  readonly temporalAddress?: string;
  /** The folder for a CPU profile of its process. */
  readonly profileDir?: string;
  /** Settings in addition to those that every bench sets. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The ports of an earlier process on the same data folder. */
  readonly ports?: readonly number[];
}

export interface Longshore {
  readonly url: string;
  /** The SDK's client, which keeps its connections. */
  readonly ecs: ECSClient;
  readonly temporal: TemporalSettings;
  /** The connection string of its embedded Postgres. */
  readonly connectionString: string;
  readonly pid: number;
  readonly ports: readonly number[];
  stop(): Promise<void>;
  /** Kills its process; the embedded servers keep running. */
  kill(): Promise<void>;
}

/** Resolves when it can run tasks. Rejects with the end of its output if it does not start. */
export async function startLongshore(options: LongshoreOptions): Promise<Longshore> {
  const ports = options.ports ?? (await Promise.all([freePort(), freePort(), freePort(), freePort()]));
  const [api = 0, temporal = 0, ui = 0, postgres = 0] = ports;
  mkdirSync(options.dataDir, { recursive: true });
  const logFile = path.join(options.dataDir, 'output.log');
  const log = openSync(logFile, 'a');
  const profiling = options.profileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.profileDir}`];
  const child = spawn(process.execPath, [...profiling, ENTRY, 'start'], {
    stdio: ['ignore', log, log],
    env: {
      ...withoutSettings(),
      ...options.settings,
      ...(options.temporalAddress === undefined ? {} : { TEMPORAL_ADDRESS: options.temporalAddress }),
      LONGSHORE_DATA: options.dataDir,
      LONGSHORE_PORT: String(api),
      LONGSHORE_TEMPORAL_PORT: String(temporal),
      LONGSHORE_TEMPORAL_UI_PORT: String(ui),
      LONGSHORE_POSTGRES_PORT: String(postgres),
      DOCKER_HOST: options.dockerHost,
    },
  });
  closeSync(log);
  const url = `http://127.0.0.1:${api}`;
  const isReady = (): Promise<boolean> =>
    fetch(`${url}/readyz`).then(
      // Where callers must sign, this call is refused, by an API that is up.
      ({ ok, status }) => ok || status === 403,
      () => false,
    );
  const up = await becomes(async () => child.exitCode !== null || (await isReady()), READY_PATIENCE_MS);
  if (!up || child.exitCode !== null) {
    await stop(child);
    throw new Error(`Longshore did not start:\n${readFileSync(logFile, 'utf8').slice(-2000)}`);
  }
  const password = readFileSync(path.join(options.dataDir, 'postgres', 'password'), 'utf8').trim();
  const ecs = new ECSClient({
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'longshore', secretAccessKey: 'longshore' },
  });
  return {
    url,
    ecs,
    temporal: { address: options.temporalAddress ?? `127.0.0.1:${temporal}`, namespace: 'default' },
    connectionString: `postgresql://longshore:${password}@127.0.0.1:${postgres}/longshore`,
    pid: child.pid ?? 0,
    ports,
    stop: async () => {
      ecs.destroy();
      await stop(child);
    },
    kill: async () => {
      ecs.destroy();
      child.kill('SIGKILL');
      await becomes(() => child.signalCode !== null, STOP_PATIENCE_MS);
    },
  };
}

/** The user's own settings must not reach the Longshore that is measured. */
export function withoutSettings(): NodeJS.ProcessEnv {
  const own = /^(LONGSHORE_|AWS_|TEMPORAL_|DATABASE_URL$|DOCKER_HOST$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)));
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  if (!(await becomes(() => child.exitCode !== null || child.signalCode !== null, STOP_PATIENCE_MS))) {
    child.kill('SIGKILL');
  }
}
