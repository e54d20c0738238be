/** An agent door in an api process of its own (`longshore api`), beside a Longshore's embedded Temporal and Postgres. */
import { readFileSync } from 'node:fs';
import { freePort } from '../tools/free-port.ts';
import { masterKeyFile } from '../tools/master-key.ts';
import { type RunningCommand, startCommand } from './command.ts';
import type { Longshore } from './longshore.ts';

const READY_PATIENCE_MS = 180_000;

export interface DoorProcess extends RunningCommand {
  /** A token's URL for so many instances of the cluster. */
  joinUrl(clusterName: string, uses: number): Promise<string>;
  /** What it logged about its calls since it began: one line each ten seconds. */
  traffic(): readonly Traffic[];
}

export interface Traffic {
  /** Milliseconds since the epoch, at the end of the time that is counted. */
  readonly time: number;
  readonly calls: number;
  readonly polls: number;
  readonly connections: number;
}

interface DoorOptions {
  readonly longshore: Longshore;
  /** The Longshore's own. */
  readonly longshoreDir: string;
  readonly dataDir: string;
  readonly profileDir?: string;
}

export async function startDoor({ longshore, longshoreDir, ...options }: DoorOptions): Promise<DoorProcess> {
  const [port, doorPort] = await Promise.all([freePort(), freePort()]);
  const door = await startCommand(['api'], {
    ...options,
    env: {
      TEMPORAL_ADDRESS: longshore.temporal.address,
      DATABASE_URL: longshore.connectionString,
      LONGSHORE_MASTER_KEY: readFileSync(masterKeyFile(longshoreDir), 'utf8').trim(),
      LONGSHORE_PORT: String(port),
      LONGSHORE_AGENT_PORT: String(doorPort),
      LONGSHORE_LOG_LEVEL: 'debug',
    },
    readyWhen: 'the API listens',
    patienceMs: READY_PATIENCE_MS,
  });
  return {
    ...door,
    joinUrl: (clusterName, uses) => joinUrl(`http://127.0.0.1:${port}/v1/clusters/${clusterName}/join-tokens`, uses),
    traffic: () => linesOf(door.output()).filter(({ msg }) => msg === 'calls of agents'),
  };
}

async function joinUrl(tokens: string, uses: number): Promise<string> {
  const answer = await fetch(tokens, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ uses }),
  });
  if (!answer.ok) throw new Error(`no join token: ${await answer.text()}`);
  return ((await answer.json()) as { readonly url: string }).url;
}

/** Lines that are not JSON are for people. */
const linesOf = (output: string): readonly (Traffic & { readonly msg?: string })[] =>
  output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Traffic);
