/**
 * The store says what the owners have in memory, for every task, service and instance. The check asks the workflows
 * themselves once they have nothing under way; what is not written by then never will be.
 */
import { isDeepStrictEqual } from 'node:util';
import type { ContainerInstance } from '../../model/container-instance.ts';
import type { HeldTask } from '../../model/held-task.ts';
import type { ServiceRecord } from '../../model/service.ts';
import type { Task } from '../../model/task.ts';
import { containerInstanceWorkflowId, serviceWorkflowId } from '../../model/workflow-ids.ts';
import { instanceQuery, ownedTasksQuery, serviceRowQuery, type InstanceSummary } from '../../workflows/messages.ts';
import type { SimulatedWorld } from '../world/world.ts';
import type { Observation } from './observation.ts';

interface OwnersInput {
  readonly world: SimulatedWorld;
  readonly now: Observation;
}

/** Returns one sentence for each difference, and for each owner that is too busy to answer. */
export async function ownersDiffer({ world, now }: OwnersInput): Promise<readonly string[]> {
  const wrong: string[] = [];
  const ask = async <T>(workflowId: string, query: { readonly name: string }): Promise<T | undefined> => {
    const asked = await world.temporal.query(workflowId, query.name);
    if (!asked) wrong.push(`${workflowId} is still busy`);
    return asked?.answer as T | undefined;
  };
  for (const [workflowId, rows] of tasksByOwner(now)) {
    const held = await ask<readonly HeldTask[]>(workflowId, ownedTasksQuery);
    if (held) wrong.push(...tasksDiffer(workflowId, rows, held));
  }
  for (const row of now.services.values()) {
    const { clusterName, serviceName } = row.definition;
    const held = await ask<ServiceRecord | null>(serviceWorkflowId(clusterName, serviceName), serviceRowQuery);
    if (held !== undefined) wrong.push(...serviceDiffers(row, held));
  }
  for (const row of now.instances.values()) {
    if (row.status === 'INACTIVE') continue;
    const workflowId = containerInstanceWorkflowId(row.clusterName, row.containerInstanceId);
    const held = await ask<InstanceSummary>(workflowId, instanceQuery);
    if (held) wrong.push(...instanceDiffers(row, held));
  }
  return wrong;
}

/** Includes every service, so that the check also asks one that owns tasks of which the store knows nothing. */
function tasksByOwner({ tasks, services }: Observation): ReadonlyMap<string, readonly Task[]> {
  const owners = new Map<string, Task[]>();
  for (const { definition } of services.values())
    owners.set(serviceWorkflowId(definition.clusterName, definition.serviceName), []);
  for (const task of tasks.values()) {
    if (task.lastStatus === 'STOPPED') continue;
    owners.set(task.ownerWorkflowId, [...(owners.get(task.ownerWorkflowId) ?? []), task]);
  }
  return owners;
}

const describeTask = (task: HeldTask): string => {
  const { containerInstanceId, lastStatus, desiredStatus, healthStatus, startedAt = 'never', version } = task;
  const place = containerInstanceId === '' ? 'no instance' : containerInstanceId;
  return `${lastStatus} (desired: ${desiredStatus}), ${healthStatus}, started ${startedAt}, version ${version}, on ${place}`;
};

function tasksDiffer(workflowId: string, rows: readonly Task[], held: readonly HeldTask[]): string[] {
  const inStore = new Map(
    rows.map(({ containerInstanceId = '', ...task }) => [task.taskId, describeTask({ ...task, containerInstanceId })]),
  );
  const inMemory = new Map(held.map((task) => [task.taskId, describeTask(task)]));
  return [...new Set([...inStore.keys(), ...inMemory.keys()])].flatMap((taskId) => {
    const [row = 'ended', memory = 'ended'] = [inStore.get(taskId), inMemory.get(taskId)];
    return row === memory ? [] : [`task ${taskId} is ${row} in the store, and ${memory} for ${workflowId}`];
  });
}

/** Ignores the tags, which the API writes. Compares as JSON does, where an undefined member is absent. */
function serviceDiffers(row: ServiceRecord, held: ServiceRecord | null): string[] {
  const { serviceName } = row.definition;
  if (held === null) return [`service ${serviceName} is ${row.status} in the store, and its workflow holds none`];
  const plain = ({ definition, ...rest }: ServiceRecord): Record<string, unknown> =>
    JSON.parse(JSON.stringify({ ...rest, definition: { ...definition, tags: [] } })) as Record<string, unknown>;
  const [stored, memory] = [plain(row), plain(held)];
  return [...new Set([...Object.keys(stored), ...Object.keys(memory)])]
    .filter((member) => !isDeepStrictEqual(stored[member], memory[member]))
    .map(
      (member) =>
        `service ${serviceName} has ${member} ${JSON.stringify(stored[member])} in the store, and ${JSON.stringify(memory[member])} in its workflow`,
    );
}

function instanceDiffers(row: ContainerInstance, held: InstanceSummary): string[] {
  const { containerInstanceId, status, agentConnected } = row;
  if (held.status === status && held.agentConnected === agentConnected) return [];
  return [
    `instance ${containerInstanceId} is ${status} (connected: ${agentConnected}) in the store, and ${held.status} (${held.agentConnected}) in its workflow`,
  ];
}
