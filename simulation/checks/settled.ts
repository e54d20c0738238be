/**
 * Once nothing fails any more, everything that was promised comes about, as far as capacity allows: services have their
 * desired tasks, no task waits where there is room, and store and machines agree on what runs.
 */
import type { Task } from '../../model/task.ts';
import type { Expectations, ExpectedService } from '../run/expectations.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { SimulatedWorld } from '../world/world.ts';
import type { Observation } from './observation.ts';
import { familyOf, isOffering, roomFor } from './room.ts';
import { kindsOf, unsteady } from './steady.ts';
import { unbalanced } from './zones.ts';

export interface SettledInput {
  readonly world: SimulatedWorld;
  readonly scenario: Scenario;
  readonly expectations: Expectations;
  readonly now: Observation;
  /** Up to this time, things may still come about. */
  readonly limit: number;
}

/** Returns one sentence for each thing that is not yet as it should be. */
export function unsettled(input: SettledInput): readonly string[] {
  const { expectations, now } = input;
  const wrong: string[] = [];
  for (const [name, expected] of expectations.services) wrong.push(...serviceWrong(input, name, expected));
  for (const name of now.services.keys())
    if (!expectations.services.has(name)) wrong.push(`service ${name} exists, but nobody asked for it`);
  for (const id of expectations.stoppedTaskIds) {
    const task = now.tasks.get(id);
    if (task && task.lastStatus !== 'STOPPED')
      wrong.push(`task ${id} was stopped by its user and is ${task.lastStatus}`);
  }
  for (const task of now.tasks.values()) wrong.push(...waitsInVain(input, task));
  wrong.push(...interruptedWrong(input), ...machinesWrong(input));
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
    return [`service ${name} should want ${counts.join(' or ')} tasks, but wants ${service.definition.desiredCount}`];
  // A service whose tasks cannot run never becomes steady.
  if (kindsOf(service, expected).some((kind) => scenario.tasks[kind]?.broken === true)) return [];
  const wrong = unsteady(input, service);
  return wrong.length > 0 ? wrong : unbalanced(input, service);
}

/** Finds a task in PROVISIONING although an instance of its capacity provider has room for it. */
function waitsInVain({ now, scenario }: SettledInput, task: Task): readonly string[] {
  const { taskId, capacityProviderName, containerInstanceId, desiredStatus, lastStatus } = task;
  if (lastStatus !== 'PROVISIONING' || containerInstanceId !== undefined || desiredStatus === 'STOPPED') return [];
  const room = roomFor(scenario.tasks[familyOf(task.taskDefinitionArn)], now).filter((instance) =>
    isOffering(instance, capacityProviderName),
  );
  return room.length === 0
    ? []
    : [`task ${taskId} waits for ${capacityProviderName ?? 'an instance'}, but ${room.length} instances have room`];
}

/** Two minutes after the notice of an interruption, nothing is left on the instance. */
function interruptedWrong({ now, expectations }: SettledInput): readonly string[] {
  const { interruptedInstanceIds } = expectations;
  return [...now.tasks.values()]
    .filter((task) => task.lastStatus !== 'STOPPED' && interruptedInstanceIds.has(task.containerInstanceId ?? ''))
    .map(
      (task) =>
        `task ${task.taskId} is ${task.lastStatus} on ${task.containerInstanceId ?? ''}, which was given notice of a spot interruption`,
    );
}

/** The machines run just what the store says, and every agent is connected. */
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
          instance.engine.running,
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
      .map((task) => `task ${task.taskId} should stop, but is ${task.lastStatus}`),
    ...running
      .filter((id) => !known.has(id))
      .map((id) => `task ${id} runs on ${tasks[0]?.containerInstanceId ?? 'a machine'} and is STOPPED in the store`),
  ];
}
