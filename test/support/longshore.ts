/**
 * A whole Longshore as its users have it: `longshore start` as a child process, on free ports, with its own data folder
 * and Docker engine. It can be killed without warning and started again on the same folder.
 */
import { randomBytes } from 'node:crypto';
import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ECSClient } from '@aws-sdk/client-ecs';
import { endGuard } from '../../agent/fence/files.mjs';
import { callDoor } from '../../agent/identity/door-client.ts';
import { joinDoor } from '../../agent/identity/join.ts';
import { agentAuthority } from '../../api/agent-door/authority.ts';
import { joinSecret } from '../../api/agent-door/join-secret.ts';
import { openStore } from '../../store/index.ts';
import { defined } from '../../model/defined.ts';
import type { Store } from '../../store/contract/store.ts';
import { startPostgres } from '../../tools/embedded/postgres.ts';
import { becomes, endProcess, findProcesses, isAlive } from '../../tools/process.ts';
import { readMasterKey } from '../../tools/master-key.ts';
import { startDockerEngine, type DockerEngine } from '../../fixtures/docker-engines.ts';
import { ensureTestImage } from './images.ts';
import { freePort } from '../../tools/free-port.ts';
import { TEST_PARTITION } from './store.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const entryOf = (tree: string): string => join(tree, 'cli', 'longshore.mjs');
const START_PATIENCE_MS = 120_000;
const STOP_PATIENCE_MS = 30_000;

export interface LongshoreOptions {
  /** The engine to use; absent: a new one. `destroy` does not destroy a given one. */
  readonly engine?: DockerEngine;
  /** An empty folder of the test; `destroy` does not remove it. */
  readonly dataDir?: string;
  /** Further settings, such as LONGSHORE_INSTANCE_LOST_AFTER. */
  readonly env?: Readonly<Record<string, string>>;
  /** The Node.js program that runs it; absent: the test's own. */
  readonly node?: string;
}

export interface Longshore {
  readonly url: string;
  readonly engine: DockerEngine;
  readonly dataDir: string;
  readonly temporalAddress: string;
  /** The port of its agent door. */
  readonly doorPort: number;
  readonly ecs: ECSClient;
  /** Its environment, for other `longshore` commands on the same folder. */
  readonly environment: NodeJS.ProcessEnv;
  /** The environment for unmodified AWS clients in child processes: the endpoint, a region, credentials. */
  readonly awsEnvironment: NodeJS.ProcessEnv;
  /** Starts it (again), from another source tree if one is given, and waits until it prints that it is ready. */
  start(tree?: string): Promise<void>;
  /** Sends SIGKILL; with `all`, also to its Temporal and Postgres. */
  kill(what: 'main' | 'temporal' | 'postgres' | 'all'): Promise<void>;
  /** Stops it as Ctrl-C does and waits for the end. Containers keep running. */
  stop(): Promise<void>;
  /** Starts another agent in its own process, for another engine, in a zone. */
  startAgent(options: AgentProcessOptions): Promise<AgentProcess>;
  /** The URL by which so many agents join. */
  joinUrl(options: JoinUrlOptions): Promise<string>;
  /** Starts another `longshore` command, which ends with this Longshore. */
  startCommand(args: readonly string[], options: CommandOptions): Promise<AgentProcess>;
  /** Reads its database while it runs; the connection is closed after the call. */
  withStore<T>(look: (store: Store) => Promise<T>): Promise<T>;
  /** Everything that it wrote to the terminal, over all its starts. */
  output(): string;
  agents(): readonly Pick<AgentProcess, 'output'>[];
  /** Ends everything and removes the folder. */
  destroy(): Promise<void>;
}

export interface AgentProcessOptions {
  readonly engine: DockerEngine;
  readonly zone: string;
  readonly cluster?: string;
  /** Where the agent finds its door. Absent: the door's own port. */
  readonly doorPort?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** The source tree that it runs. Absent: the test's own. */
  readonly tree?: string;
}

export interface JoinUrlOptions {
  readonly cluster?: string;
  /** Where agents find the door. Absent: the door's own port. */
  readonly doorPort?: number;
  /** Absent: one. */
  readonly uses?: number;
}

interface CommandOptions {
  readonly env: Readonly<Record<string, string>>;
  /** What it prints once it is up. */
  readonly readyWhen: string;
  /** The source tree that it runs. Absent: the test's own. */
  readonly tree?: string;
}

export interface AgentProcess {
  start(): Promise<void>;
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Sends a signal that does not end it. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** Its data folder. */
  readonly dataDir: string;
  output(): string;
}

const running = new Set<Longshore>();

/** The Longshores of this process that were not destroyed yet. */
export const runningLongshores = (): readonly Longshore[] => [...running];

/** Starts a Longshore, with the test image on its engine. */
export async function startLongshore(options: LongshoreOptions = {}): Promise<Longshore> {
  const engine = options.engine ?? (await startDockerEngine());
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'longshore-test-')));
  // Postgres runs as its own user and must reach its part of the folder.
  await chmod(dataDir, 0o711);
  const [api, door, temporal, ui, postgres] = await Promise.all(Array.from({ length: 5 }, () => freePort()));
  await ensureTestImage(engine.docker);
  const longshore = new LongshoreProcess({
    engine,
    ownsEngine: options.engine === undefined,
    dataDir,
    ownsDataDir: options.dataDir === undefined,
    ports: { api: api!, door: door!, temporal: temporal!, ui: ui!, postgres: postgres! },
    env: options.env ?? {},
    node: options.node ?? process.execPath,
  });
  try {
    await longshore.start();
  } catch (error) {
    await longshore.destroy();
    throw error;
  }
  running.add(longshore);
  return longshore;
}

/** One `longshore` command as a child in its own session, with its output. */
class Child {
  readonly #node: string;
  readonly #args: readonly string[];
  readonly #env: NodeJS.ProcessEnv;
  #process: ChildProcess | undefined;
  text = '';

  constructor(node: string, args: readonly string[], env: NodeJS.ProcessEnv) {
    this.#node = node;
    this.#args = args;
    this.#env = env;
  }

  async start(readyWhen: string, tree = ROOT): Promise<void> {
    const from = this.text.length;
    const child = spawn(this.#node, [entryOf(tree), ...this.#args], { env: this.#env, stdio: 'pipe', detached: true });
    this.#process = child;
    child.stdout.on('data', (chunk: Buffer) => (this.text += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (this.text += chunk.toString()));
    const isUp = (): boolean => this.text.slice(from).includes(readyWhen);
    await becomes(() => isUp() || child.exitCode !== null, START_PATIENCE_MS);
    if (!isUp()) throw new Error(`longshore ${this.#args.join(' ')} is not ready:\n${this.text.slice(from)}`);
  }

  /** To its whole group: an agent runs below its launcher. */
  signal(signal: NodeJS.Signals): void {
    process.kill(-this.#process!.pid!, signal);
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    const pid = this.#process?.pid;
    if (pid === undefined || !isAlive(pid)) return;
    process.kill(pid, signal);
    if (await becomes(() => !isAlive(pid), STOP_PATIENCE_MS)) return;
    process.kill(pid, 'SIGKILL');
    throw new Error(`longshore ${this.#args.join(' ')} did not end after ${signal}:\n${this.text}`);
  }
}

interface Site {
  readonly engine: DockerEngine;
  readonly ownsEngine: boolean;
  readonly dataDir: string;
  readonly ownsDataDir: boolean;
  readonly ports: Readonly<Record<'api' | 'door' | 'temporal' | 'ui' | 'postgres', number>>;
  readonly env: Readonly<Record<string, string>>;
  readonly node: string;
}

class LongshoreProcess implements Longshore {
  readonly url: string;
  readonly temporalAddress: string;
  readonly awsEnvironment: NodeJS.ProcessEnv;
  readonly environment: NodeJS.ProcessEnv;
  readonly ecs: ECSClient;
  readonly #site: Site;
  readonly #main: Child;
  /** Agents and other commands. */
  readonly #agents: { readonly child: Child; readonly dataDir: string }[] = [];

  constructor(site: Site) {
    this.#site = site;
    this.url = `http://127.0.0.1:${site.ports.api}`;
    this.temporalAddress = `127.0.0.1:${site.ports.temporal}`;
    this.awsEnvironment = {
      ...baseEnvironment(),
      AWS_ENDPOINT_URL: this.url,
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'longshore',
      AWS_SECRET_ACCESS_KEY: 'longshore',
      AWS_EC2_METADATA_DISABLED: 'true',
    };
    this.ecs = new ECSClient({
      endpoint: this.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'longshore', secretAccessKey: 'longshore' },
    });
    this.environment = {
      ...baseEnvironment(),
      LONGSHORE_DATA: site.dataDir,
      LONGSHORE_DISK_RESERVE: '16MB',
      LONGSHORE_PORT: String(site.ports.api),
      LONGSHORE_AGENT_DOOR: 'on',
      LONGSHORE_AGENT_PORT: String(site.ports.door),
      LONGSHORE_TEMPORAL_PORT: String(site.ports.temporal),
      LONGSHORE_TEMPORAL_UI_PORT: String(site.ports.ui),
      LONGSHORE_POSTGRES_PORT: String(site.ports.postgres),
      DOCKER_HOST: `unix://${site.engine.socketPath}`,
      ...site.env,
    };
    this.#main = new Child(site.node, ['start'], this.environment);
  }

  get engine(): DockerEngine {
    return this.#site.engine;
  }

  get doorPort(): number {
    return this.#site.ports.door;
  }

  get dataDir(): string {
    return this.#site.dataDir;
  }

  start(tree?: string): Promise<void> {
    return this.#main.start('Longshore is ready', tree);
  }

  async kill(what: 'main' | 'temporal' | 'postgres' | 'all'): Promise<void> {
    const { dataDir } = this.#site;
    const pids = [
      ...(what === 'temporal' || what === 'all' ? findProcesses(['start-dev', `${dataDir}/temporal/`]) : []),
      ...(what === 'postgres' || what === 'all'
        ? findProcesses(['postgres', `port=${this.#site.ports.postgres}`])
        : []),
    ];
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    if (what === 'main' || what === 'all') await this.#main.end('SIGKILL');
    await becomes(() => pids.every((pid) => !isAlive(pid)), STOP_PATIENCE_MS);
  }

  stop(): Promise<void> {
    return this.#main.end('SIGINT');
  }

  async startAgent(options: AgentProcessOptions): Promise<AgentProcess> {
    const dataDir = await mkdtemp(join(tmpdir(), 'longshore-agent-'));
    await ensureTestImage(options.engine.docker);
    await joinDoor(await this.joinUrl(options), join(dataDir, 'agent'), callDoor);
    const env = { LONGSHORE_ZONE: options.zone, DOCKER_HOST: `unix://${options.engine.socketPath}`, ...options.env };
    return this.#start(['agent'], { env, readyWhen: 'the agent runs', ...defined({ tree: options.tree }) }, dataDir);
  }

  async startCommand(args: readonly string[], options: CommandOptions): Promise<AgentProcess> {
    return this.#start(args, options, await mkdtemp(join(tmpdir(), 'longshore-command-')));
  }

  async #start(
    args: readonly string[],
    { env, readyWhen, tree }: CommandOptions,
    dataDir: string,
  ): Promise<AgentProcess> {
    const child = new Child(this.#site.node, args, { ...baseEnvironment(), LONGSHORE_DATA: dataDir, ...env });
    this.#agents.push({ child, dataDir });
    const start = (): Promise<void> => child.start(readyWhen, tree);
    await start();
    return {
      start,
      kill: (signal = 'SIGKILL') => child.end(signal),
      signal: (signal) => child.signal(signal),
      dataDir,
      output: () => child.text,
    };
  }

  async joinUrl(options: JoinUrlOptions): Promise<string> {
    const { cluster: clusterName = 'default', doorPort = this.#site.ports.door, uses = 1 } = options;
    const tokenId = randomBytes(8).toString('hex');
    const period = { now: Date.now(), expiresAt: Date.now() + 600_000 };
    return this.withStore(async (store) => {
      const token = { tokenId, clusterName, uses, usesLeft: uses, createdBy: 'a test' };
      await store.createJoinToken({ ...token, createdAt: period.now, expiresAt: period.expiresAt });
      const authority = await agentAuthority(store, readMasterKey({ kind: 'file' }, this.dataDir));
      return `https://127.0.0.1:${doorPort}#${await joinSecret(authority, tokenId, period)}`;
    });
  }

  async withStore<T>(look: (store: Store) => Promise<T>): Promise<T> {
    // Takes over the running server, so it does not stop it here.
    const { connectionString } = await startPostgres({
      dataDir: join(this.#site.dataDir, 'postgres'),
      port: this.#site.ports.postgres,
    });
    const store = await openStore({ connectionString, partition: TEST_PARTITION });
    try {
      return await look(store);
    } finally {
      await store.close();
    }
  }

  output(): string {
    return this.#main.text;
  }

  agents(): readonly Pick<AgentProcess, 'output'>[] {
    return this.#agents.map(({ child }) => ({ output: () => child.text }));
  }

  async destroy(): Promise<void> {
    running.delete(this);
    this.ecs.destroy();
    for (const { child } of this.#agents) await child.end('SIGKILL');
    await this.#main.end('SIGINT').catch(() => undefined);
    for (const dataDir of [this.#site.dataDir, ...this.#agents.map((agent) => agent.dataDir)])
      endGuard(join(dataDir, 'agent', 'fence'));
    for (const pid of findProcesses(['start-dev', `${this.#site.dataDir}/temporal/`])) await endProcess(pid, 1_000);
    for (const pid of findProcesses(['postgres', `port=${this.#site.ports.postgres}`])) await endProcess(pid, 5_000);
    if (this.#site.ownsEngine) await this.engine.destroy();
    const own = this.#site.ownsDataDir ? [this.#site.dataDir] : [];
    for (const folder of [...own, ...this.#agents.map((agent) => agent.dataDir)]) {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

/** The shell's settings of Longshore, AWS and Docker must not reach the processes under test. */
const baseEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(LONGSHORE_|AWS_|TEMPORAL_|DATABASE_URL$|DOCKER_)/.test(name)),
  );
