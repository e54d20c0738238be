/**
 * RunTask: how soon a call is answered with its placed task, and how many calls a second run, compared with bare calls.
 */
import { randomUUID } from 'node:crypto';
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
import { runTaskWorkflowId } from '../model/workflow-ids.ts';
import { type ActivityKind, describeActivities } from './answer-activities.ts';
import { withBareCalls } from './bare-calls.ts';
import { FAMILY, registerTaskDefinition } from './ecs-service.ts';
import { activitiesOfAnswer } from './histories.ts';
import { removeAll } from './plain-docker.ts';
import { type BenchRow, median, quantile, timesMore, timesReference } from './row.ts';
import { startSimulatedInstance } from './simulated-instance.ts';
import type { Stage } from './stage.ts';

const CLUSTER = 'bench-calls';
/** V8 compiles hot code during the first calls, which a server pays for only once. */
const WARM_UP_CALLS = 100;
/** Longshore's calls and bare calls take turns, so that other work on the machine affects both alike. */
const ROUNDS = 4;
const CALLS_A_ROUND = 50;
const PARALLEL = 8;
const LOAD_MS_A_ROUND = 5_000;
const REAL_CALLS = 20;
/** The reach, compared with a call that runs as many activities that do nothing. */
const TIMES_BARE = 1.6;
const SHARE_OF_BARE = 0.6;

type Call = () => Promise<unknown>;

/** Milliseconds that the calls of one side took, one at a time and in parallel. */
class Calls {
  readonly alone: number[] = [];
  readonly together: number[] = [];
  readonly #perSecond: number[] = [];

  get perSecond(): number {
    return median(this.#perSecond);
  }

  async oneByOne(call: Call, count: number): Promise<void> {
    for (let i = 0; i < count; i++) this.alone.push(await timed(call));
  }

  async inParallel(call: Call, forMs: number): Promise<void> {
    const times: number[] = [];
    const begun = performance.now();
    const work = async (): Promise<void> => {
      while (performance.now() - begun < forMs) times.push(await timed(call));
    };
    await Promise.all(Array.from({ length: PARALLEL }, work));
    this.#perSecond.push(times.length / ((performance.now() - begun) / 1000));
    this.together.push(...times);
  }
}

export async function benchRunTask(stage: Stage): Promise<readonly BenchRow[]> {
  const { ecs, temporal } = await stage.longshore();
  await registerTaskDefinition(ecs);
  await ecs.send(new CreateClusterCommand({ clusterName: CLUSTER }));
  stage.onEnd(await startSimulatedInstance(temporal, CLUSTER));
  if (!(await becomes(() => hasInstance(ecs), 20_000))) throw new Error('the simulated instance was not connected');
  const clientToken = randomUUID();
  await runTask(ecs, CLUSTER, clientToken);
  const activities = await activitiesOfAnswer(temporal, runTaskWorkflowId(CLUSTER, clientToken));
  const [ours, bare] = await withBareCalls(temporal, activities, (call) => takeTurns(stage, ecs, call));
  const oneByOne = await callsOnEngine(stage, ecs, (task) => awaitStarted(ecs, 'default', task));
  const backToBack = await callsOnEngine(stage, ecs, () => Promise.resolve());
  return rowsOf({ ours, bare, activities, oneByOne, backToBack });
}

async function takeTurns(stage: Stage, ecs: ECSClient, bareCall: Call): Promise<readonly [Calls, Calls]> {
  const [ours, bare] = [new Calls(), new Calls()];
  let last = '';
  const ourCall = async (): Promise<void> => void (last = await runTask(ecs, CLUSTER));
  const [calls, forMs] = [stage.size(CALLS_A_ROUND, 5), stage.size(LOAD_MS_A_ROUND, 500)];
  for (let i = 0; i < WARM_UP_CALLS; i++) {
    await bareCall();
    await ourCall();
  }
  for (let round = 0; round < stage.size(ROUNDS, 1); round++) {
    await bare.oneByOne(bareCall, calls);
    await ours.oneByOne(ourCall, calls);
    await bare.inParallel(bareCall, forMs);
    await ours.inParallel(ourCall, forMs);
    // The work that follows the answer must not slow the next bare call.
    await awaitStarted(ecs, CLUSTER, last);
  }
  return [ours, bare];
}

interface Measured {
  readonly ours: Calls;
  readonly bare: Calls;
  readonly activities: readonly ActivityKind[];
  readonly oneByOne: readonly number[];
  readonly backToBack: readonly number[];
}

function rowsOf({ ours, bare, activities, oneByOne, backToBack }: Measured): readonly BenchRow[] {
  const row = (name: string, value: number, unit = 'ms'): BenchRow => ({ name, value, unit });
  const what = `a bare update-with-start, ${describeActivities(activities)}`;
  const alone = { name: `ms, ${what}`, value: median(bare.alone) };
  const together = { name: `calls/s, ${what}`, value: bare.perSecond };
  const [medianBare, p99Bare] = [median(bare.together), quantile(bare.together, 0.99)];
  const onEngine = 'RunTask answered on a real engine, each after the last one runs, median';
  return [
    timesReference(
      { ...row('RunTask answered, one call at a time, median', median(ours.alone)), reference: alone },
      TIMES_BARE,
    ),
    {
      ...row('the same, p99', quantile(ours.alone, 0.99)),
      reference: { name: 'ms bare', value: quantile(bare.alone, 0.99) },
    },
    timesReference({ ...row(onEngine, median(oneByOne)), reference: alone }, TIMES_BARE),
    row('RunTask answered while the engine starts the tasks before, median', median(backToBack)),
    timesMore(
      { ...row(`RunTask, ${PARALLEL} in parallel`, ours.perSecond, 'calls/s'), reference: together },
      SHARE_OF_BARE,
    ),
    { ...row('the same, median', median(ours.together)), reference: { name: 'ms bare', value: medianBare } },
    { ...row('the same, p99', quantile(ours.together, 0.99)), reference: { name: 'ms bare', value: p99Bare } },
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

async function timed(call: Call): Promise<number> {
  const begun = performance.now();
  await call();
  return performance.now() - begun;
}

/** Returns the ARN of the task that the call placed. The SDK makes up a clientToken if none is given. */
async function runTask(ecs: ECSClient, cluster: string, clientToken?: string): Promise<string> {
  const { tasks = [], failures = [] } = await ecs.send(
    new RunTaskCommand({ cluster, taskDefinition: FAMILY, clientToken }),
  );
  const task = tasks[0]?.taskArn;
  if (task === undefined) throw new Error(`RunTask placed nothing: ${failures[0]?.reason ?? 'no reason'}`);
  return task;
}

/** Makes one call after the other on the real engine, each once `between` is done with the last task. */
async function callsOnEngine(
  stage: Stage,
  ecs: ECSClient,
  between: (task: string) => Promise<void>,
): Promise<readonly number[]> {
  const times: number[] = [];
  const tasks: string[] = [];
  for (let i = 0; i < stage.size(REAL_CALLS, 3); i++) {
    let task = '';
    times.push(await timed(async () => (task = await runTask(ecs, 'default'))));
    tasks.push(task);
    await between(task);
  }
  for (const task of tasks) await ecs.send(new StopTaskCommand({ task }));
  await removeAll((await stage.engine()).client);
  return times;
}

async function awaitStarted(ecs: ECSClient, cluster: string, task: string): Promise<void> {
  const isRunning = async (): Promise<boolean> => {
    const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: [task] }));
    return tasks?.[0]?.lastStatus === 'RUNNING';
  };
  if (!(await becomes(isRunning, 30_000))) throw new Error(`${task} did not start`);
}
