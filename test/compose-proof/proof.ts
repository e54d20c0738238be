/**
 * Brings docker-compose.yml up as it is, on this machine's engine, and uses it: two hosts in network namespaces join, a service
 * spreads over all, and one host dies. Needs root, and images under the names that the file pulls (stand-ins.sh where no registry is
 * reachable). Takes the path of Docker Compose. Leaves only images behind.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import {
  CreateServiceCommand,
  DescribeContainerInstancesCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListContainerInstancesCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import Docker from 'dockerode';
import { type DockerEngine, startDockerEngines } from '../../fixtures/docker-engines.ts';
import { ensureTestImage, TEST_IMAGE } from '../support/images.ts';

const PATIENCE_MS = 300_000;
const HOSTS = 2;
const TASKS = 6;
const PROJECT = 'longshore-proof';
const root = path.join(import.meta.dirname, '../..');
const folder = mkdtempSync(path.join(tmpdir(), 'longshore-compose-'));
const undo: (() => unknown)[] = [];

const say = (text: string): void => console.log(`${new Date().toISOString().slice(11, 19)} ${text}`);

function assert(isTrue: boolean, otherwise: string): asserts isTrue {
  if (!isTrue) throw new Error(otherwise);
}

async function becomes(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    assert(Date.now() < deadline, `This did not come true: ${what}.`);
    await sleep(1_000);
  }
  say(`✓ ${what}`);
}

/** Docker Compose on the file as it is. What the file's comments tell to put into .env stands in a file of the proof's own. */
class Compose {
  readonly #program: string;
  readonly #settings = path.join(folder, 'settings.env');
  #env = '';

  constructor(program: string) {
    this.#program = program;
  }

  set(name: string, value: string): void {
    this.#env += `${name}='${value}'\n`;
    writeFileSync(this.#settings, this.#env, { mode: 0o600 });
  }

  async run(...args: string[]): Promise<string> {
    const all = ['--project-name', PROJECT, '--env-file', this.#settings, ...args];
    // Engine 20.10 on Debian has no buildx. Its own builder reads the same Dockerfile, and one build after the other uses what the
    // first one made.
    const env = { ...process.env, DOCKER_BUILDKIT: '0', COMPOSE_PARALLEL_LIMIT: '1' };
    const { stdout } = await promisify(execFile)(this.#program, all, { cwd: root, env, maxBuffer: 1 << 26 });
    return stdout;
  }

  /** A command of Longshore in the container of the api. */
  longshore(args: readonly string[], env: readonly string[] = []): Promise<string> {
    const passed = env.flatMap((each) => ['-e', each]);
    return this.run('exec', '-T', ...passed, 'api', 'node', 'cli/longshore.mjs', ...args);
  }
}

/**
 * An address of this machine that its namespaces reach and do not have themselves, as they have docker0's: the near end of a host's
 * link, which is the one below the far end.
 */
function thisMachine({ address }: DockerEngine): string {
  const [a, b, c, last] = address.split('.');
  return [a, b, c, Number(last) - 1].join('.');
}

const isOpen = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2_000 });
    const end = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });

/** A host: an engine in a network namespace, and an agent there that knows the token and nothing else. */
function startAgent(engine: DockerEngine, join: string): ChildProcess {
  const log = openSync(path.join(folder, `${engine.name}.log`), 'a');
  const command = ['node', path.join(root, 'cli/longshore.mjs'), 'agent', '--join', join];
  const child = spawn('nsenter', [`--net=/var/run/netns/${engine.name}`, ...command], {
    stdio: ['ignore', log, log],
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      DOCKER_HOST: `unix://${engine.socketPath}`,
      LONGSHORE_DATA: path.join(folder, engine.name),
    },
  });
  undo.push(() => child.kill('SIGKILL'));
  return child;
}

async function prove(compose: Compose): Promise<void> {
  const engines = await startDockerEngines(HOSTS);
  undo.push(() => Promise.all(engines.map((engine) => engine.destroy())));
  const address = thisMachine(engines[0]!);
  compose.set('LONGSHORE_AGENT_ADDRESS', `${address}:7882`);
  undo.push(() => compose.run('--profile', 'agent', 'down', '--volumes', '--timeout', '5'));
  await compose.run('up', '-d', '--build', '--wait', '--wait-timeout', '300');
  say('✓ the file is up, every health check passes');

  const key = readKey(await compose.longshore(['access-key', 'create', '--env']));
  const authority = path.join(folder, 'ca.pem');
  await compose.run('cp', 'api:/data/tls/ca.pem', authority);
  const ecs = new ECSClient({
    region: 'us-east-1',
    endpoint: 'https://127.0.0.1:7878',
    credentials: { accessKeyId: key.AWS_ACCESS_KEY_ID, secretAccessKey: key.AWS_SECRET_ACCESS_KEY },
    requestHandler: { httpsAgent: { ca: readFileSync(authority) } },
  });
  await ecs.send(new ListTasksCommand({}));
  say('✓ a signed call over TLS is answered');
  await publishesNothingElse(address);

  await Promise.all([new Docker(), ...engines.map(({ docker }) => docker)].map(ensureTestImage));
  const signed = [`AWS_ACCESS_KEY_ID=${key.AWS_ACCESS_KEY_ID}`, `AWS_SECRET_ACCESS_KEY=${key.AWS_SECRET_ACCESS_KEY}`];
  const token = async (uses: number): Promise<string> => {
    const printed = await compose.longshore(
      ['token', 'create', '--cluster', 'default', '--uses', String(uses)],
      signed,
    );
    const url = /https:\/\/\S+#[\w-]+/.exec(printed)?.[0];
    assert(url !== undefined, `No join URL in:\n${printed}`);
    return url;
  };
  const forHosts = await token(HOSTS);
  const agents = engines.map((engine) => startAgent(engine, forHosts));
  compose.set('LONGSHORE_JOIN', await token(1));
  await compose.run('--profile', 'agent', 'up', '-d');
  await becomes('the agent of the file and two hosts have joined', async () => (await connected(ecs)) === HOSTS + 1);

  await spreads(ecs);
  // Not the first: all reach this machine at its link.
  agents.at(-1)?.kill('SIGKILL');
  await engines.at(-1)?.destroy();
  await becomes('a host is dead, and its tasks run on the others', async () => {
    const byInstance = await runningByInstance(ecs);
    return byInstance.length === HOSTS && byInstance.reduce((sum, count) => sum + count, 0) === TASKS;
  });
}

/** Temporal and Postgres would let whoever reaches them do anything. */
async function publishesNothingElse(address: string): Promise<void> {
  for (const port of [5432, 7233, 7879, 8080]) {
    for (const host of ['127.0.0.1', address]) assert(!(await isOpen(host, port)), `Port ${port} of ${host} is open.`);
  }
  for (const port of [6697, 7880]) assert(!(await isOpen(address, port)), `Port ${port} of ${address} is open.`);
  for (const port of [7878, 7882]) assert(await isOpen(address, port), `Port ${port} of ${address} is closed.`);
  const page = await fetch('http://127.0.0.1:7880/');
  assert(page.ok, `Temporal's UI answers ${page.status}.`);
  say('✓ only the API and the agent door are published; the UI answers on loopback alone');
}

interface Key {
  readonly AWS_ACCESS_KEY_ID: string;
  readonly AWS_SECRET_ACCESS_KEY: string;
}

function readKey(printed: string): Key {
  const values = Object.fromEntries([...printed.matchAll(/(AWS_\w+)=['"]?([^\s'"]+)/g)].map(([, k, v]) => [k, v]));
  const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = values;
  assert(AWS_ACCESS_KEY_ID !== '' && AWS_SECRET_ACCESS_KEY !== '', 'access-key create printed no key.');
  return { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY };
}

async function connected(ecs: ECSClient): Promise<number> {
  const { containerInstanceArns: containerInstances = [] } = await ecs.send(new ListContainerInstancesCommand({}));
  if (containerInstances.length === 0) return 0;
  const described = await ecs.send(new DescribeContainerInstancesCommand({ containerInstances }));
  return described.containerInstances?.filter(({ agentConnected }) => agentConnected).length ?? 0;
}

async function spreads(ecs: ECSClient): Promise<void> {
  const container = { name: 'web', image: TEST_IMAGE, command: ['sleep', '86400'], memory: 32, essential: true };
  await ecs.send(new RegisterTaskDefinitionCommand({ family: 'web', containerDefinitions: [container] }));
  await ecs.send(
    new CreateServiceCommand({
      serviceName: 'web',
      taskDefinition: 'web',
      desiredCount: TASKS,
      placementStrategy: [{ type: 'spread', field: 'instanceId' }],
    }),
  );
  await becomes(`a service of ${TASKS} runs, ${TASKS / (HOSTS + 1)} tasks on each host`, async () => {
    const { services } = await ecs.send(new DescribeServicesCommand({ services: ['web'] }));
    return services?.[0]?.runningCount === TASKS;
  });
  const counts = await runningByInstance(ecs);
  assert(
    counts.every((count) => count === TASKS / (HOSTS + 1)),
    `The service is not spread evenly: ${counts.join(', ')}.`,
  );
}

/** How many tasks of the service are RUNNING on each instance that has any. */
async function runningByInstance(ecs: ECSClient): Promise<readonly number[]> {
  const { taskArns: tasks = [] } = await ecs.send(new ListTasksCommand({ serviceName: 'web' }));
  if (tasks.length === 0) return [];
  const described = await ecs.send(new DescribeTasksCommand({ tasks }));
  const counts = new Map<string, number>();
  for (const { lastStatus, containerInstanceArn = '' } of described.tasks ?? []) {
    if (lastStatus === 'RUNNING') counts.set(containerInstanceArn, (counts.get(containerInstanceArn) ?? 0) + 1);
  }
  return [...counts.values()];
}

const [program] = process.argv.slice(2);
if (program === undefined) {
  console.error('Usage: npm run compose-proof -- PATH-OF-DOCKER-COMPOSE');
  process.exit(1);
}
const compose = new Compose(path.resolve(program));
const leaveNothing = async (): Promise<void> => {
  for (const step of undo.splice(0).reverse())
    await Promise.resolve(step()).catch((error: unknown) => say(String(error)));
  rmSync(folder, { recursive: true, force: true });
};
process.once('SIGINT', () => void leaveNothing().finally(() => process.exit(130)));
try {
  await prove(compose);
  say('docker-compose.yml holds.');
} catch (error) {
  say(await compose.run('--profile', 'agent', 'logs', '--no-color', '--tail', '20').catch(String));
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.log')))
    say(`${file}:\n${readFileSync(path.join(folder, file), 'utf8').slice(-3_000)}`);
  throw error;
} finally {
  await leaveNothing();
}
