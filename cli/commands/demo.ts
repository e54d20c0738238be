/** `npm run demo`: creates a service with three tasks on the running Longshore, kills a container, shows its replacement, and cleans up. */
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateServiceCommand,
  DeleteServiceCommand,
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  type Task,
} from '@aws-sdk/client-ecs';
import Docker from 'dockerode';
import { defined } from '../../model/defined.ts';
import { ensureBusyboxImage } from '../../tools/busybox-image.ts';
import { ensureDocker } from '../../tools/embedded/docker.ts';
import { isListening } from '../../tools/process.ts';
import { withProgress } from '../../tools/progress.ts';
import { type Settings, SetupError } from '../../tools/settings.ts';
import { apiUrl, callersCredentials, ownAuthority } from '../local-api.ts';
import { awaitStopSignal } from '../shutdown.ts';

const IMAGE = 'longshore-demo/web:latest';
const NAME = 'longshore-demo';
const COUNT = 3;
const PATIENCE_MS = 60_000;

interface Stage {
  readonly ecs: ECSClient;
  readonly cluster: string;
  readonly docker: Docker;
}

const tell = (line: string): void => void process.stdout.write(`${line}\n`);

/** Needs a Longshore that runs on this machine. Leaves nothing behind, even when it is interrupted. */
export async function run(settings: Settings): Promise<void> {
  const endpoint = apiUrl(settings);
  if (!(await isListening(settings.port, settings.host))) {
    throw new SetupError(
      `Longshore does not answer at ${endpoint}. Run npm start in another shell, then run the demo again.`,
    );
  }
  const credentials = await callersCredentials(settings);
  const ca = ownAuthority(settings);
  const logDir = path.join(settings.dataDir, 'docker');
  const engine = await ensureDocker({
    logDir,
    ...defined({ dockerHost: settings.dockerHost }),
  });
  const stage = {
    ecs: new ECSClient({
      ...{ endpoint, region: settings.partition.region, credentials },
      ...(ca === undefined ? {} : { requestHandler: { httpsAgent: { ca } } }),
    }),
    cluster: settings.clusterName,
    docker: new Docker(engine),
  };
  const interrupted = awaitStopSignal();
  try {
    const playing = play(stage, logDir);
    playing.catch(() => undefined);
    await Promise.race([playing, interrupted]);
  } finally {
    await cleanUp(stage);
  }
  process.exit(0);
}

async function play(stage: Stage, logDir: string): Promise<void> {
  const { ecs, cluster } = stage;
  tell(`1. Building a small web image without a registry: ${IMAGE}`);
  await withProgress('building the image', () => ensureBusyboxImage(stage.docker, IMAGE, logDir));

  const taskDefinition = await registerTaskDefinition(ecs);
  tell(`2. Registered task definition ${taskDefinition}`);

  const begun = performance.now();
  await ecs.send(new CreateServiceCommand({ cluster, serviceName: NAME, taskDefinition, desiredCount: COUNT }));
  const tasks = await awaitRunning(stage, () => true);
  tell(`3. Created a service with ${COUNT} tasks; all RUNNING after ${elapsed(begun)}. Each task answers:`);
  for (const task of tasks) tell(`   curl ${urlOf(task)}  →  ${await curl(urlOf(task))}`);

  await killOne(stage, tasks);
}

async function registerTaskDefinition(ecs: ECSClient): Promise<string> {
  // The first process of a container ignores SIGTERM by default: without a trap each stop would take 30 s.
  const command = `echo "hello from $(hostname)" > /www/index.html; trap 'exit 0' TERM; httpd -f -p 80 -h /www & wait`;
  const { taskDefinition } = await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: NAME,
      networkMode: 'bridge',
      containerDefinitions: [
        {
          name: 'web',
          image: IMAGE,
          memory: 32,
          command: ['sh', '-c', command],
          portMappings: [{ containerPort: 80, hostPort: 0 }],
        },
      ],
    }),
  );
  return `${taskDefinition?.family ?? NAME}:${taskDefinition?.revision ?? 1}`;
}

async function killOne(stage: Stage, tasks: readonly Task[]): Promise<void> {
  const [victim] = tasks;
  const runtimeId = victim?.containers?.[0]?.runtimeId ?? '';
  tell(`4. docker kill ${runtimeId.slice(0, 12)}`);
  const killedAt = Date.now();
  const killed = performance.now();
  await stage.docker.getContainer(runtimeId).kill();
  const known = new Set(tasks.map((task) => task.taskArn));
  const after = await awaitRunning(stage, (running) => running.some((task) => !known.has(task.taskArn)));
  tell(`   Three tasks are RUNNING again ${elapsed(killed)} after the kill:`);
  const replacement = after.find((task) => !known.has(task.taskArn));
  const [stopped] = await describe(stage, [victim?.taskArn ?? '']);
  const since = (at: Date | undefined): string => (at === undefined ? '?' : `${at.getTime() - killedAt} ms`);
  tell(`   ${idOf(stopped)}  exit seen    +${since(stopped?.executionStoppedAt ?? stopped?.stoppingAt)}`);
  tell(`   ${idOf(replacement)}  created      +${since(replacement?.createdAt)}`);
  tell(`   ${idOf(replacement)}  RUNNING      +${since(replacement?.startedAt)}`);
  if (replacement !== undefined) tell(`   curl ${urlOf(replacement)}  →  ${await curl(urlOf(replacement))}`);
}

async function describe({ ecs, cluster }: Stage, tasks: readonly string[]): Promise<readonly Task[]> {
  if (tasks.length === 0) return [];
  return (await ecs.send(new DescribeTasksCommand({ cluster, tasks: [...tasks] }))).tasks ?? [];
}

async function list({ ecs, cluster }: Stage): Promise<readonly string[]> {
  return (await ecs.send(new ListTasksCommand({ cluster, serviceName: NAME }))).taskArns ?? [];
}

/** Resolves to the service's RUNNING tasks once there are COUNT of them and the condition holds. */
async function awaitRunning(stage: Stage, holds: (running: readonly Task[]) => boolean): Promise<readonly Task[]> {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    const tasks = await describe(stage, await list(stage));
    const running = tasks.filter((task) => task.lastStatus === 'RUNNING' && task.desiredStatus === 'RUNNING');
    if (running.length === COUNT && holds(running)) return running;
    await sleep(20);
  }
  throw new SetupError(
    `The service did not reach ${COUNT} running tasks in ${PATIENCE_MS / 1000} s: longshore why service ${NAME} tells the reason.`,
  );
}

async function cleanUp(stage: Stage): Promise<void> {
  const { ecs, cluster } = stage;
  tell('5. Cleaning up');
  const ignore = (): undefined => undefined;
  const tasks = await list(stage).catch(() => []);
  await ecs.send(new DeleteServiceCommand({ cluster, service: NAME, force: true })).catch(ignore);
  const deadline = performance.now() + PATIENCE_MS;
  const areGone = async (): Promise<boolean> =>
    (await describe(stage, tasks)).every((task) => task.lastStatus === 'STOPPED');
  while (!(await areGone().catch(() => false)) && performance.now() < deadline) await sleep(50);
  const { taskDefinitionArns = [] } = await ecs.send(new ListTaskDefinitionsCommand({ familyPrefix: NAME }));
  for (const taskDefinition of taskDefinitionArns) {
    await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition })).catch(ignore);
    await ecs.send(new DeleteTaskDefinitionsCommand({ taskDefinitions: [taskDefinition] })).catch(ignore);
  }
}

const idOf = (task: Task | undefined): string => (task?.taskArn ?? '').split('/').at(-1)?.slice(0, 8) ?? '';
const elapsed = (since: number): string => `${Math.round(performance.now() - since)} ms`;

function urlOf(task: Task): string {
  const port = task.containers?.[0]?.networkBindings?.[0]?.hostPort ?? 0;
  return `http://127.0.0.1:${port}`;
}

/** Tries again for a while: RUNNING means that the process has started, and its server may listen a moment later. */
async function curl(url: string): Promise<string> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
      if (response.ok || attempt === 50) return (await response.text()).trim();
    } catch (error) {
      if (attempt === 50) throw error;
    }
    await sleep(100);
  }
}
