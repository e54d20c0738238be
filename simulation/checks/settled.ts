/**
 * When nothing fails any more, what was promised comes about, as far as capacity allows: services have the tasks they
 * were to have, and store, owners and machines agree on what runs.
 */
import type { ServiceRecord } from '../../model/service.ts';
import type { Task } from '../../model/task.ts';
import { serviceBounds } from '../../scheduler/reconcile/bounds.ts';
import type { Expectations, ExpectedService } from '../run/expectations.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { SimulatedWorld } from '../world/world.ts';
import type { Observation } from './observation.ts';

export interface SettledInput {
  readonly world: SimulatedWorld;
  readonly scenario: Scenario;
  readonly expectations: Expectations;
  readonly now: Observation;
}

/** What is not yet as it should be; empty: all is. */
export function unsettled(input: SettledInput): readonly string[] {
  const { expectations, now } = input;
  const wrong: string[] = [];
  for (const [name, expected] of expectations.services) wrong.push(...serviceWrong(input, name, expected));
  for (const name of now.services.keys())
    if (!expectations.services.has(name)) wrong.push(`service ${name} exists, and nobody asked for it`);
  for (const id of expectations.stoppedTaskIds) {
    const task = now.tasks.get(id);
    if (task && task.lastStatus !== 'STOPPED')
      wrong.push(`task ${id} was stopped by its user and is ${task.lastStatus}`);
  }
  wrong.push(...machinesWrong(input));
  return wrong;
}

function serviceWrong(input: SettledInput, name: string, expected: ExpectedService): readonly string[] {
  const { now, scenario } = input;
  const service = now.services.get(name);
  const exists = service?.status === 'ACTIVE';
  if (!expected.exists.values.includes(exists)) {
    if (service?.status === 'DRAINING') return [`service ${name} is still DRAINING`];
    return [`service ${name} ${exists ? 'exists after it was deleted' : 'does not exist'}`];
  }
  if (!service || !exists) return [];
  const isReplica = service.definition.schedulingStrategy === 'REPLICA';
  const counts = expected.desiredCount.values;
  if (isReplica && counts.length > 0 && !counts.includes(service.definition.desiredCount))
    return [`service ${name} is to have ${counts.join(' or ')} tasks, and wants ${service.definition.desiredCount}`];
  // Tasks that cannot run keep their services from ever being steady.
  if (kindsOf(service, expected).some((kind) => scenario.tasks[kind]?.broken === true)) return [];
  return unsteady(input, service);
}

const familyOf = (arn: string): string => /task-definition\/([^:]+):/.exec(arn)?.[1] ?? '';

/** Of every revision that may have tasks. */
const kindsOf = (service: ServiceRecord, expected: ExpectedService): readonly string[] => [
  ...expected.tasks.values,
  ...service.deployments.map((deployment) => familyOf(deployment.taskDefinitionArn)),
];

function unsteady(input: SettledInput, service: ServiceRecord): readonly string[] {
  const { serviceName, schedulingStrategy } = service.definition;
  const live = [...input.now.tasks.values()].filter((task) => task.lastStatus !== 'STOPPED');
  const daemon = schedulingStrategy === 'DAEMON';
  const tasks = live.filter((task) => task.serviceName === serviceName && !(daemon && staysToTheLast(input, task)));
  const hosts = takingWork(input.now);
  const desired = daemon ? hosts.length : service.definition.desiredCount;
  const running = tasks.filter((task) => task.lastStatus === 'RUNNING' && task.desiredStatus === 'RUNNING');
  const isDone = service.deployments.length === 1 && running.length === desired && tasks.length === desired;
  if (isDone || blocksItself(service)) return [];
  const needed = input.scenario.tasks[familyOf(service.taskDefinitionArn)];
  const room = hosts.filter(
    ({ remaining }) =>
      needed &&
      remaining.cpu >= needed.cpu &&
      remaining.memoryMiB >= needed.memory &&
      (needed.hostPort === undefined || !remaining.usedPorts.includes(`${needed.hostPort}/tcp`)),
  );
  if (room.length === 0) return [];
  const rollouts = service.deployments.map((d) => `${d.status} ${d.rolloutState} ${familyOf(d.taskDefinitionArn)}`);
  return [
    `service ${serviceName} wants ${desired} tasks, ${running.length} of its ${tasks.length} run, and ${room.length} instances have room (${rollouts.join(', ')})`,
  ];
}

/** A daemon's task goes last from a DRAINING instance: tasks of a service that blocks itself may stay there for good. */
function staysToTheLast({ now }: SettledInput, { containerInstanceId, serviceName }: Task): boolean {
  if (now.instances.get(containerInstanceId ?? '')?.status !== 'DRAINING') return false;
  return [...now.tasks.values()].some(
    (other) =>
      other.containerInstanceId === containerInstanceId &&
      other.lastStatus !== 'STOPPED' &&
      other.serviceName !== undefined &&
      other.serviceName !== serviceName,
  );
}

/** No task may stop before another has started, and none may start before another has stopped. */
function blocksItself({ definition }: ServiceRecord): boolean {
  const { lower, upper } = serviceBounds(definition.desiredCount, definition);
  return upper <= lower;
}

const takingWork = (now: Observation) =>
  [...now.instances.values()].filter((instance) => instance.status === 'ACTIVE' && instance.agentConnected);

/** The machines that take part run just what the store says, and every agent is heard. */
function machinesWrong({ world, now }: SettledInput): readonly string[] {
  const wrong: string[] = [];
  const live = [...now.tasks.values()].filter((task) => task.lastStatus !== 'STOPPED');
  for (const instance of world.instances) {
    const row = now.instances.get(instance.id);
    if (!row || row.status === 'INACTIVE') wrong.push(`instance ${instance.id} is not registered`);
    else if (!row.agentConnected) wrong.push(`instance ${instance.id} is not connected`);
    else
      wrong.push(
        ...machineWrong(
          instance.machine.running,
          live.filter((t) => t.containerInstanceId === instance.id),
        ),
      );
  }
  return wrong;
}

function machineWrong(running: readonly string[], tasks: readonly Task[]): string[] {
  const really = new Set(running);
  const known = new Map(tasks.map((task) => [task.taskId, task]));
  return [
    ...tasks
      .filter((task) => task.lastStatus === 'RUNNING' && !really.has(task.taskId))
      .map((task) => `task ${task.taskId} is RUNNING in the store and runs nowhere`),
    ...tasks
      .filter((task) => task.desiredStatus === 'STOPPED')
      .map((task) => `task ${task.taskId} is to stop and is ${task.lastStatus}`),
    ...running
      .filter((id) => !known.has(id))
      .map((id) => `task ${id} runs on ${tasks[0]?.containerInstanceId ?? 'a machine'} and is STOPPED in the store`),
  ];
}
