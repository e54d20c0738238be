/** RunTask: how soon a call is answered with its placed task, and how many calls a second are. */
import {
  CreateClusterCommand,
  DescribeContainerInstancesCommand,
  DescribeTasksCommand,
  type ECSClient,
  ListContainerInstancesCommand,
  RunTaskCommand,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import { becomes } from '../tools/process.ts';
import { FAMILY, registerTaskDefinition } from './ecs-service.ts';
import { removeAll } from './plain-docker.ts';
import { atMost, type BenchRow, median, quantile } from './row.ts';
import { startSimulatedInstance } from './simulated-instance.ts';
import type { Stage } from './stage.ts';

const CLUSTER = 'bench-calls';
const WARM_UP_CALLS = 30;
const CALLS = 200;
const PARALLEL = 8;
const LOAD_MS = 10_000;
const REAL_CALLS = 20;

export async function benchRunTask(stage: Stage): Promise<readonly BenchRow[]> {
  const { ecs, temporal } = await stage.longshore();
  await registerTaskDefinition(ecs);
  await ecs.send(new CreateClusterCommand({ clusterName: CLUSTER }));
  stage.onEnd(await startSimulatedInstance(temporal, CLUSTER));
  if (!(await becomes(() => hasInstance(ecs), 20_000))) throw new Error('the simulated instance was not connected');
  for (let i = 0; i < WARM_UP_CALLS; i++) await timedCall(ecs, CLUSTER);

  const alone: number[] = [];
  for (let i = 0; i < CALLS; i++) alone.push((await timedCall(ecs, CLUSTER)).ms);
  const { calls, perSecond } = await load(ecs);
  const oneByOne = await callsOnEngine(stage, ecs, awaitStarted);
  const backToBack = await callsOnEngine(stage, ecs, () => Promise.resolve());
  const row = (name: string, value: number, unit = 'ms'): BenchRow => ({ name, value, unit });
  return [
    atMost(row('RunTask answered, one call at a time, median', median(alone)), 60),
    row('the same, p99', quantile(alone, 0.99)),
    atMost(row('RunTask answered on a real engine, each after the last one runs, median', median(oneByOne)), 60),
    row('RunTask answered while the engine starts the tasks before, median', median(backToBack)),
    row(`RunTask, ${PARALLEL} in parallel`, perSecond, 'calls/s'),
    row('the same, median', median(calls)),
    row('the same, p99', quantile(calls, 0.99)),
  ];
}

async function hasInstance(ecs: ECSClient): Promise<boolean> {
  const { containerInstanceArns = [] } = await ecs.send(new ListContainerInstancesCommand({ cluster: CLUSTER }));
  if (containerInstanceArns.length === 0) return false;
  const { containerInstances = [] } = await ecs.send(
    new DescribeContainerInstancesCommand({ cluster: CLUSTER, containerInstances: containerInstanceArns }),
  );
  return containerInstances.some((instance) => instance.agentConnected === true);
}

/** Milliseconds until the call was answered with its one task placed. */
async function timedCall(ecs: ECSClient, cluster: string): Promise<{ readonly ms: number; readonly task: string }> {
  const begun = performance.now();
  const { tasks = [], failures = [] } = await ecs.send(new RunTaskCommand({ cluster, taskDefinition: FAMILY }));
  const ms = performance.now() - begun;
  const task = tasks[0]?.taskArn;
  if (task === undefined) throw new Error(`RunTask placed nothing: ${failures[0]?.reason ?? 'no reason'}`);
  return { ms, task };
}

async function load(ecs: ECSClient): Promise<{ readonly calls: readonly number[]; readonly perSecond: number }> {
  const calls: number[] = [];
  const begun = performance.now();
  const work = async (): Promise<void> => {
    while (performance.now() - begun < LOAD_MS) calls.push((await timedCall(ecs, CLUSTER)).ms);
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  return { calls, perSecond: calls.length / ((performance.now() - begun) / 1000) };
}

/** One call after the other on the real engine, each when `between` is done with the task before. */
async function callsOnEngine(
  stage: Stage,
  ecs: ECSClient,
  between: (ecs: ECSClient, task: string) => Promise<void>,
): Promise<readonly number[]> {
  const calls: { readonly ms: number; readonly task: string }[] = [];
  for (let i = 0; i < REAL_CALLS; i++) {
    const call = await timedCall(ecs, 'default');
    calls.push(call);
    await between(ecs, call.task);
  }
  for (const { task } of calls) await ecs.send(new StopTaskCommand({ task }));
  await removeAll((await stage.engine()).client);
  return calls.map(({ ms }) => ms);
}

async function awaitStarted(ecs: ECSClient, task: string): Promise<void> {
  const isRunning = async (): Promise<boolean> => {
    const { tasks } = await ecs.send(new DescribeTasksCommand({ tasks: [task] }));
    return tasks?.[0]?.lastStatus === 'RUNNING';
  };
  if (!(await becomes(isRunning, 30_000))) throw new Error(`${task} did not start`);
}
