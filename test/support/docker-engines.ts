/**
 * Docker engines of the tests' own, each in a network namespace with its own bridge, iptables and ports, joined to the
 * root namespace by a veth pair: a container's host port is reached at `engine.address`. Needs root. Nothing is left
 * behind by `destroy()`; the user's own engine is never touched.
 */
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import Docker from 'dockerode';

const run = promisify(execFile);
const READY_TIMEOUT_MS = 60_000;
/** Each engine takes four addresses of 10.213.0.0/16, its namespace a default route to the root namespace. */
const LINKS = 16_384;

export interface DockerEngine {
  readonly name: string;
  /** The namespace's address on its veth: host ports of containers answer here. */
  readonly address: string;
  readonly socketPath: string;
  readonly docker: Docker;
  /** Starts dockerd (again) and waits until it answers. */
  start(): Promise<void>;
  /** Ends dockerd by its pid: SIGKILL leaves containers running, SIGTERM stops them first. Resolves when it has ended. */
  kill(signal?: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** Runs a command inside the engine's network namespace; answers its output. */
  exec(command: string, ...args: string[]): Promise<string>;
  /** Takes the veth down or up: the engine's host is cut off, its containers run on. */
  setLink(up: boolean): Promise<void>;
  /** Ends every container, dockerd and its containerd, and removes namespace, link and files. */
  destroy(): Promise<void>;
}

export interface EngineOptions {
  readonly dockerdArgs?: readonly string[];
}

/** One engine, started and answering. Throws with the end of dockerd's log when it does not come up. */
export async function startDockerEngine(options: EngineOptions = {}): Promise<DockerEngine> {
  const id = randomBytes(4).toString('hex');
  const directory = await mkdtemp(join(tmpdir(), `longshore-engine-${id}-`));
  const link = await createNamespace(id);
  const engine = new NamespacedEngine({ id, directory, address: link, args: options.dockerdArgs ?? [] });
  try {
    await engine.start();
  } catch (error) {
    await engine.destroy();
    throw error;
  }
  return engine;
}

/** Several engines, started together. */
export const startDockerEngines = (count: number, options: EngineOptions = {}): Promise<DockerEngine[]> =>
  Promise.all(Array.from({ length: count }, () => startDockerEngine(options)));

async function createNamespace(id: string): Promise<string> {
  const [outside, inside] = [`lso${id}`, `lsi${id}`];
  await run('ip', ['netns', 'add', `ls-${id}`]);
  await run('ip', ['link', 'add', outside, 'type', 'veth', 'peer', 'name', inside, 'netns', `ls-${id}`]);
  const offset = (Number.parseInt(id, 16) % LINKS) * 4;
  const base = `10.213.${Math.floor(offset / 256)}`;
  const [gateway, address] = [`${base}.${(offset % 256) + 1}`, `${base}.${(offset % 256) + 2}`];
  await run('ip', ['addr', 'add', `${gateway}/30`, 'dev', outside]);
  await run('ip', ['link', 'set', outside, 'up']);
  const within = (...args: string[]): Promise<unknown> => run('ip', ['-n', `ls-${id}`, ...args]);
  await within('link', 'set', 'lo', 'up');
  await within('addr', 'add', `${address}/30`, 'dev', inside);
  await within('link', 'set', inside, 'up');
  await within('route', 'add', 'default', 'via', gateway);
  return address;
}

interface EngineSetup {
  readonly id: string;
  readonly directory: string;
  readonly address: string;
  readonly args: readonly string[];
}

class NamespacedEngine implements DockerEngine {
  readonly name: string;
  readonly address: string;
  readonly socketPath: string;
  readonly docker: Docker;
  private readonly setup: EngineSetup;
  private ended: Promise<void> = Promise.resolve();
  private pid: number | undefined;

  constructor(setup: EngineSetup) {
    this.setup = setup;
    this.name = `ls-${setup.id}`;
    this.address = setup.address;
    this.socketPath = join(setup.directory, 'docker.sock');
    this.docker = new Docker({ socketPath: this.socketPath });
  }

  async start(): Promise<void> {
    const { directory, args } = this.setup;
    const log = await open(join(directory, 'dockerd.log'), 'a');
    const dockerd = spawn(
      'nsenter',
      [
        `--net=/var/run/netns/${this.name}`,
        'dockerd',
        ...['--data-root', join(directory, 'data'), '--exec-root', join(directory, 'exec')],
        ...['--pidfile', join(directory, 'dockerd.pid'), '-H', `unix://${this.socketPath}`, ...args],
      ],
      { stdio: ['ignore', log.fd, log.fd], detached: true },
    );
    await log.close();
    const dockerdState = { alive: true };
    this.ended = new Promise((resolve) => {
      dockerd.once('exit', () => {
        dockerdState.alive = false;
        resolve();
      });
    });
    // nsenter becomes dockerd: it executes it in its own process.
    this.pid = dockerd.pid;
    const deadline = Date.now() + READY_TIMEOUT_MS;
    while (!(await this.answers())) {
      if (!dockerdState.alive || Date.now() > deadline)
        throw new Error(`dockerd did not start: ${await this.logTail()}`);
      await sleep(50);
    }
  }

  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    if (this.pid === undefined) return;
    endProcess(this.pid, signal);
    this.pid = undefined;
    await this.ended;
    await this.forgetContainerd();
  }

  /** containerd dies with its dockerd; one that is still seen dying would be taken for a running one by the next dockerd. */
  private async forgetContainerd(): Promise<void> {
    const file = join(this.setup.directory, 'exec', 'containerd', 'containerd.pid');
    const pid = await readFile(file, 'utf8').catch(() => undefined);
    for (let round = 0; pid !== undefined && round < 100; round++) {
      const stat = await readFile(`/proc/${pid.trim()}/stat`, 'utf8').catch(() => undefined);
      if (stat === undefined || stat.includes(') Z ')) {
        await rm(file, { force: true });
        return;
      }
      await sleep(20);
    }
  }

  async exec(command: string, ...args: string[]): Promise<string> {
    const { stdout } = await run('nsenter', [`--net=/var/run/netns/${this.name}`, command, ...args]);
    return stdout;
  }

  async setLink(up: boolean): Promise<void> {
    await run('ip', ['link', 'set', `lso${this.setup.id}`, up ? 'up' : 'down']);
  }

  async destroy(): Promise<void> {
    if (this.pid !== undefined && (await this.answers())) {
      const containers = await this.docker.listContainers({ all: true });
      await Promise.allSettled(containers.map((c) => this.docker.getContainer(c.Id).remove({ force: true, v: true })));
    }
    await this.kill('SIGTERM');
    await this.endLeftovers();
    await run('ip', ['link', 'del', `lso${this.setup.id}`]).catch(() => undefined);
    await run('ip', ['netns', 'del', this.name]).catch(() => undefined);
    await unmountBelow(this.setup.directory);
    await rm(this.setup.directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  private async answers(): Promise<boolean> {
    return this.docker.ping().then(
      () => true,
      () => false,
    );
  }

  private async logTail(): Promise<string> {
    return (await readFile(join(this.setup.directory, 'dockerd.log'), 'utf8')).slice(-2000);
  }

  /** A killed dockerd leaves containerd, its shims and containers: all of them name this engine's folder, or their cgroup's shim does. */
  private async endLeftovers(): Promise<void> {
    for (let round = 0; round < 20; round++) {
      const pids = await processesNaming(this.setup.directory);
      if (pids.length === 0) return;
      for (const pid of pids) endProcess(pid, 'SIGKILL');
      await sleep(50);
    }
  }
}

function endProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Processes whose command line names the folder, and their descendants (the containers under a shim). */
async function processesNaming(directory: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry)).map(Number);
  const parents = new Map<number, number>();
  const found = new Set<number>();
  for (const pid of pids) {
    if (pid === process.pid) continue;
    const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    parents.set(pid, Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    if (commandLine.includes(directory)) found.add(pid);
  }
  for (let grown = true; grown;) {
    grown = false;
    for (const [pid, parent] of parents) {
      if (!found.has(parent) || found.has(pid)) continue;
      found.add(pid);
      grown = true;
    }
  }
  return [...found];
}

async function unmountBelow(directory: string): Promise<void> {
  const mounts = (await readFile('/proc/mounts', 'utf8')).split('\n').map((line) => line.split(' ')[1] ?? '');
  for (const mount of mounts
    .filter((m) => m.startsWith(directory))
    .sort()
    .reverse())
    await run('umount', ['-l', mount]).catch(() => undefined);
}
