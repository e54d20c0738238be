/** Turns rows of the store into the state that a workflow carries into a new run. Pure. */
import type { NetworkConfiguration } from '@aws-sdk/client-ecs';
import type { ServiceRecord } from '../model/service.ts';
import type { TaskDefinitionRecord } from '../model/task-definition.ts';
import type { Task } from '../model/task.ts';
import { resetThrottle } from '../scheduler/throttle/throttle.ts';
import type { LiveInstance } from '../store/contract/owners.ts';
import { hasEssentialHealthCheck } from '../model/health-check.ts';
import { defined } from '../model/defined.ts';
import type { CarriedInstance } from '../scheduler/instance-owner/state.ts';
import { ownedTask } from '../scheduler/owner/owned-task.ts';
import type { ServiceOwnedTask } from '../scheduler/service/state.ts';
import type { CarriedRunTask, CarriedService } from '../workflows/state.ts';

const instanceId = ({ containerInstanceId }: LiveInstance): string => containerInstanceId;

export interface ServiceRows {
  readonly record: ServiceRecord;
  /** The service's tasks that are not STOPPED. */
  readonly tasks: readonly Task[];
  /** The task definitions that the service's deployments name. */
  readonly definitions: readonly TaskDefinitionRecord[];
  /** DRAINING instances of any cluster. */
  readonly draining: readonly LiveInstance[];
}

/** The throttle and the notes of events are not in the store, so they begin afresh. */
export function carriedService({ record, tasks, definitions, draining }: ServiceRows): CarriedService {
  const byArn = new Map(definitions.map((row) => [row.definition.taskDefinitionArn, row]));
  const used = new Set(tasks.map((task) => task.containerInstanceId));
  const drains = draining.filter(({ containerInstanceId }) => used.has(containerInstanceId));
  const interrupted = drains.filter(({ stopTasksAt }) => stopTasksAt !== undefined);
  return {
    state: {
      version: 1,
      incarnation: record.incarnation,
      createdAt: record.createdAt,
      createdBy: record.createdBy,
      definition: record.definition,
      status: record.status,
      deployments: record.deployments.map(
        ({ desiredCount: _desired, pendingCount: _pending, runningCount: _running, ...deployment }) => deployment,
      ),
      ...defined({ serviceDeployments: record.serviceDeployments }),
      taskDefinitions: Object.fromEntries([...byArn].map(([arn, row]) => [arn, row.definition])),
      taskDefinitionTags: Object.fromEntries([...byArn].map(([arn, row]) => [arn, row.tags])),
      throttle: resetThrottle(),
      placement: { refusals: 0 },
      drainingInstanceIds: drains.map(instanceId),
      ...(interrupted.length === 0 ? {} : { interruptedInstanceIds: interrupted.map(instanceId) }),
      notedAt: {},
      recordVersion: record.version,
    },
    tasks: tasks.map((task): ServiceOwnedTask => {
      const definition = byArn.get(task.taskDefinitionArn)?.definition;
      return {
        ...ownedTask(task),
        deploymentId: task.startedBy ?? '',
        ...defined({ protectedUntil: task.protectedUntil }),
        hasHealthCheck: definition !== undefined && hasEssentialHealthCheck(definition),
      };
    }),
  };
}

/** The part of the command that tasks still need. A repeated launch finds the subnet in the task's attachment. */
export function carriedRunTask(tasks: readonly Task[], { definition }: TaskDefinitionRecord): CarriedRunTask {
  const [first] = tasks;
  if (!first) throw new Error('a run-task workflow can only be rebuilt from at least one task');
  const networkConfiguration = networkConfigurationOf(first);
  const waiting = tasks.find(({ placement }) => placement !== undefined)?.placement;
  return {
    version: 1,
    command: {
      kind: 'RunTask',
      clusterName: first.clusterName,
      taskDefinition: definition,
      count: tasks.length,
      launchType: first.launchType,
      group: first.group,
      ...defined({ startedBy: first.startedBy }),
      overrides: first.overrides,
      ...(networkConfiguration ? { networkConfiguration } : {}),
      placementConstraints: waiting?.placementConstraints ?? [],
      placementStrategy: waiting?.placementStrategy ?? [],
      tags: first.tags,
      enableExecuteCommand: first.enableExecuteCommand,
      digest: '',
    },
    outcome: { taskIds: tasks.map((task) => task.taskId), failures: [] },
    tasks: tasks.map(ownedTask),
  };
}

function networkConfigurationOf(task: Task): NetworkConfiguration | undefined {
  const details = task.attachments.flatMap((attachment) => attachment.details ?? []);
  const subnet = details.find((detail) => detail.name === 'subnetId')?.value;
  return subnet === undefined ? undefined : { awsvpcConfiguration: { subnets: [subnet] } };
}

/** The instance counts as silent until its agent registers again, and is given up if the agent does not. */
export const carriedInstance = (instance: LiveInstance): CarriedInstance => ({
  version: 1,
  status: instance.status,
  agentConnected: false,
  sessionId: 'rebuilt',
  givenUp: false,
  registeredAt: instance.registeredAt,
  ...defined({ stopTasksAt: instance.stopTasksAt }),
  recordVersion: instance.version,
});
