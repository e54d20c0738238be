/** Compares what a scenario expects with what is there. */
import type { ContainerInstance } from '../../model/container-instance.ts';
import type { ServiceRecord } from '../../model/service.ts';
import type { Task } from '../../model/task.ts';
import { defined } from '../../model/defined.ts';
import type { Expectation, InstanceExpectation, ServiceExpectation, TaskExpectation } from '../scenario/expectation.ts';
import type { SimulatedWorld } from '../world/world.ts';

export interface ExpectedInput {
  readonly world: SimulatedWorld;
  readonly clusterName: string;
}

const PAGE = 1_000;

/** Returns one sentence for each member that differs; none if all is as expected. */
export async function missed(input: ExpectedInput, that: readonly Expectation[]): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const one of that) {
    if ('service' in one) wrong.push(...(await serviceMissed(input, one)));
    else if ('instance' in one) wrong.push(...(await instanceMissed(input, one)));
    else wrong.push(...(await tasksMissed(input, one)));
  }
  return wrong;
}

/** Compares the expected members only. */
function compare(
  subject: string,
  pairs: readonly (readonly [what: string, expected: unknown, found: unknown])[],
): readonly string[] {
  return pairs
    .filter(([, expected, found]) => expected !== undefined && expected !== found)
    .map(([what, expected, found]) => `${subject}: ${what} is ${String(found)}, expected ${String(expected)}`);
}

const familyOf = (arn: string): string => /task-definition\/([^:]+):/.exec(arn)?.[1] ?? '';

async function serviceMissed(
  { world, clusterName }: ExpectedInput,
  expected: ServiceExpectation,
): Promise<readonly string[]> {
  const subject = `service ${expected.service}`;
  const [row] = await world.store.getServices(clusterName, [expected.service]);
  if (!row) return [`${subject}: it does not exist`];
  return [
    ...compare(subject, [
      ['status', expected.status, row.status],
      ['desired', expected.desired, row.definition.desiredCount],
      ['running', expected.running, row.runningCount],
      ['pending', expected.pending, row.pendingCount],
      ['tasks', expected.tasks, familyOf(row.taskDefinitionArn)],
      ['deployment', expected.deployment, row.serviceDeployments?.[0]?.status],
    ]),
    ...compare(subject, taskSetPairs(row, expected)),
    ...compare(subject, await zonePairs(world, expected)),
    ...(await eventMissed({ world, clusterName }, row, expected)),
  ];
}

const taskSetPairs = ({ deployments }: ServiceRecord, { taskSets = {} }: ServiceExpectation) =>
  Object.entries(taskSets).map(([name, count]) => {
    const set = deployments.find(({ taskSet }) => taskSet?.externalId === name);
    return [`task set ${name}`, count, set?.runningCount ?? 'missing'] as const;
  });

async function zonePairs(world: SimulatedWorld, { service, zones }: ServiceExpectation) {
  if (zones === undefined) return [];
  const running = (await world.store.listLiveTasks()).filter(
    (task) => task.serviceName === service && task.lastStatus === 'RUNNING' && task.desiredStatus === 'RUNNING',
  );
  return Object.entries(zones).map(
    ([zone, count]) => [zone, count, running.filter((task) => task.availabilityZone === zone).length] as const,
  );
}

async function eventMissed(
  { world, clusterName }: ExpectedInput,
  { incarnation }: ServiceRecord,
  { service, event, times }: ServiceExpectation,
): Promise<readonly string[]> {
  if (event === undefined) return [];
  const events = await world.store.getServiceEvents(clusterName, service, incarnation);
  const found = events.filter(({ message }) => message.includes(event)).length;
  if (times === undefined ? found > 0 : found === times) return [];
  const expected = times === undefined ? 'at least one' : times;
  return [`service ${service}: ${found} events say "${event}", expected ${expected}`];
}

async function tasksMissed(input: ExpectedInput, expected: TaskExpectation): Promise<readonly string[]> {
  const { tasks: kind, count, ...description } = expected;
  const found = (await tasksOf(input, kind)).filter(
    (task) =>
      (expected.lastStatus ?? task.lastStatus) === task.lastStatus &&
      (expected.stopCode ?? task.stopCode) === task.stopCode &&
      (expected.capacityProvider ?? task.capacityProviderName) === task.capacityProviderName &&
      (task.stoppedReason ?? '').includes(expected.reason ?? ''),
  ).length;
  if (count === undefined ? found > 0 : found === count) return [];
  const wanted = count === undefined ? 'at least one' : String(count);
  return [`tasks ${kind}: ${found} are ${JSON.stringify(description)}, expected ${wanted}`];
}

/** Includes STOPPED tasks. */
async function tasksOf({ world, clusterName }: ExpectedInput, family: string): Promise<readonly Task[]> {
  const tasks: Task[] = [];
  let after: string | undefined;
  do {
    const page = await world.store.listTasks({ clusterName, family }, { limit: PAGE, ...defined({ after }) });
    tasks.push(...(await world.store.getTasks(clusterName, page.items)));
    after = page.next;
  } while (after !== undefined);
  return tasks;
}

async function instanceMissed(
  { world, clusterName }: ExpectedInput,
  expected: InstanceExpectation,
): Promise<readonly string[]> {
  const subject = `instance ${expected.instance}`;
  const instance = world.instances[expected.instance];
  if (!instance) return [`${subject}: there are only ${world.instances.length}`];
  const [row] = (await world.store.getInstances(clusterName, [instance.id])) as readonly ContainerInstance[];
  if (!row) return [`${subject}: it is not registered`];
  const tasks = expected.tasks === undefined ? 0 : (await world.store.listInstanceTasks(instance.id)).length;
  return compare(subject, [
    ['status', expected.status, row.status],
    ['connected', expected.connected, row.agentConnected],
    ['tasks', expected.tasks, tasks],
  ]);
}
