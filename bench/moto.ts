/**
 * moto's server (PyPI), an ECS in memory without containers. It is filled over its own API for as long as the bench can
 * wait.
 */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { becomes, endProcess, isListening } from '../tools/process.ts';
import { pythonEnvironment } from '../tools/python.ts';
import { callEcs } from './http-load.ts';
import { freePort } from '../tools/free-port.ts';
import type { Stage } from './stage.ts';

const START_PATIENCE_MS = 30_000;
const FILL_MS = 45_000;
/** The most tasks that one RunTask call takes. */
const TASKS_A_CALL = 10;
const CLUSTER = 'bench';

export interface Moto {
  readonly url: string;
  readonly cluster: string;
  readonly taskArns: readonly string[];
}

/** Starts the server with up to `count` tasks. It ends with the stage. */
export async function startMoto(stage: Stage, count: number): Promise<Moto> {
  const python = await pythonEnvironment('bench');
  const port = await freePort();
  mkdirSync(stage.folder('logs'), { recursive: true });
  const logFile = stage.folder('logs/moto.log');
  const log = openSync(logFile, 'a');
  const server = spawn(python.program('moto_server'), ['-H', '127.0.0.1', '-p', String(port)], {
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  stage.onEnd(() => (server.pid === undefined ? Promise.resolve() : endProcess(server.pid, 2_000)));
  if (!(await becomes(() => isListening(port), START_PATIENCE_MS))) {
    throw new Error(`moto did not start: ${readFileSync(logFile, 'utf8').slice(-1000)}`);
  }
  const url = `http://127.0.0.1:${port}`;
  return { url, cluster: CLUSTER, taskArns: await fill(url, count) };
}

async function fill(url: string, count: number): Promise<readonly string[]> {
  const call = (operation: string, body: unknown): Promise<string> => callEcs({ url, operation, body });
  await call('CreateCluster', { clusterName: CLUSTER });
  await call('RegisterTaskDefinition', {
    family: CLUSTER,
    networkMode: 'bridge',
    containerDefinitions: [{ name: 'main', image: 'busybox', memory: 16 }],
  });
  const arns: string[] = [];
  const begun = performance.now();
  while (arns.length < count && performance.now() - begun < FILL_MS) {
    const answer = JSON.parse(
      await call('RunTask', {
        cluster: CLUSTER,
        taskDefinition: CLUSTER,
        count: TASKS_A_CALL,
        // With launch type EC2 it takes no more tasks than its one simulated instance has room for.
        launchType: 'FARGATE',
      }),
    ) as { readonly tasks: readonly { readonly taskArn: string }[] };
    arns.push(...answer.tasks.map((task) => task.taskArn));
  }
  return arns;
}
