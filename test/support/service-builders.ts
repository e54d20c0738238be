/** Services, deployments and tasks, with defaults, so that a test shows only what matters to it. */
import type { ServiceDeployment } from '../../model/service-deployment.ts';
import type { Deployment, ServiceDefinition } from '../../model/service.ts';
import type { TaskReport } from '../../model/task.ts';
import type { ServiceSnapshot, ServiceTask } from '../../scheduler/service/types.ts';

/** The time that tests call now. */
export const NOW = 1_800_000_000_000;
const LONG_AGO = NOW - 3_600_000;
export const NEW_ID = 'ecs-svc/0000000000000000002';
export const OLD_ID = 'ecs-svc/0000000000000000001';

export const aDefinition = (changes: Partial<ServiceDefinition> = {}): ServiceDefinition => ({
  serviceName: 'web',
  clusterName: 'default',
  schedulingStrategy: 'REPLICA',
  desiredCount: 3,
  launchType: 'EC2',
  minimumHealthyPercent: 100,
  maximumPercent: 200,
  placementConstraints: [],
  placementStrategy: [],
  healthCheckGracePeriodSeconds: 0,
  availabilityZoneRebalancing: 'DISABLED',
  enableECSManagedTags: false,
  enableExecuteCommand: false,
  propagateTags: 'NONE',
  loadBalancers: [],
  serviceRegistries: [],
  tags: [],
  ...changes,
});

export const aDeployment = (changes: Partial<Deployment> = {}): Deployment => ({
  deploymentId: NEW_ID,
  status: 'PRIMARY',
  taskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:2',
  rolloutState: 'COMPLETED',
  rolloutStateReason: `ECS deployment ${changes.deploymentId ?? NEW_ID} completed.`,
  failedTasks: 0,
  createdAt: LONG_AGO,
  updatedAt: LONG_AGO,
  ...changes,
});

/** The service deployment under way that brings in NEW_ID. */
export const aServiceDeployment = (changes: Partial<ServiceDeployment> = {}): ServiceDeployment => ({
  serviceDeploymentId: 'NCWGC2ZR-taawPAYrIaU5',
  deploymentId: NEW_ID,
  targetRevisionId: '2222222222222222222',
  sourceRevisionIds: ['1111111111111111111'],
  status: 'IN_PROGRESS',
  createdAt: NOW - 1_000,
  startedAt: NOW - 1_000,
  updatedAt: NOW - 1_000,
  version: 2,
  ...changes,
});

/** A rollout under way: the PRIMARY deployment is in progress, and one before it had completed. */
export const aRollout = (): readonly Deployment[] => [
  aDeployment({ rolloutState: 'IN_PROGRESS', createdAt: NOW - 1_000 }),
  aDeployment({ deploymentId: OLD_ID, status: 'ACTIVE' }),
];

/** A task that has run and been healthy for long. */
export const aTask = (taskId: string, changes: Partial<ServiceTask> = {}): ServiceTask => ({
  taskId,
  deploymentId: NEW_ID,
  containerInstanceId: 'i1',
  availabilityZone: 'a',
  lastStatus: 'RUNNING',
  desiredStatus: 'RUNNING',
  healthStatus: 'UNKNOWN',
  hasHealthCheck: false,
  createdAt: LONG_AGO,
  startedAt: LONG_AGO,
  version: 2,
  ...changes,
});

export const aPendingTask = (taskId: string, changes: Partial<ServiceTask> = {}): ServiceTask => {
  const { startedAt: _startedAt, ...task } = aTask(taskId, { createdAt: NOW - 5_000 });
  return { ...task, lastStatus: 'PENDING', version: 1, ...changes };
};

/** The kinds of tasks that rules distinguish, each with its name in the tests. */
export const TASK_KINDS = {
  healthy: {},
  settling: { startedAt: NOW - 10_000 },
  checked: { hasHealthCheck: true, healthStatus: 'HEALTHY' },
  unchecked: { hasHealthCheck: true, healthStatus: 'UNKNOWN' },
  unhealthy: { hasHealthCheck: true, healthStatus: 'UNHEALTHY' },
  draining: { containerInstanceId: 'drained' },
  stopping: { desiredStatus: 'STOPPED' },
} as const satisfies Record<string, Partial<ServiceTask>>;
export type TaskKind = keyof typeof TASK_KINDS | 'pending' | 'drainingPending';

const aTaskOfKind = (kind: TaskKind, taskId: string, deploymentId: string): ServiceTask => {
  if (kind === 'pending') return aPendingTask(taskId, { deploymentId });
  if (kind === 'drainingPending') return aPendingTask(taskId, { deploymentId, containerInstanceId: 'drained' });
  return aTask(taskId, { deploymentId, ...TASK_KINDS[kind] });
};

/** Tasks by kind and number, e.g. `{ healthy: 2, pending: 1 }`: ids are `new-healthy-0` and so on. */
export const tasksOf = (
  counts: Partial<Record<TaskKind, number>>,
  side: 'new' | 'old' = 'new',
): readonly ServiceTask[] =>
  (Object.entries(counts) as [TaskKind, number][]).flatMap(([kind, count]) =>
    Array.from({ length: count }, (_, i) =>
      aTaskOfKind(kind, `${side}-${kind}-${i}`, side === 'new' ? NEW_ID : OLD_ID),
    ),
  );

type SnapshotChanges = Partial<Omit<ServiceSnapshot, 'definition'>> & { definition?: Partial<ServiceDefinition> };

export const aSnapshot = ({ definition, ...changes }: SnapshotChanges = {}): ServiceSnapshot => ({
  definition: aDefinition(definition),
  status: 'ACTIVE',
  deployments: [aDeployment()],
  tasks: [],
  drainingInstanceIds: ['drained'],
  throttle: { consecutiveStartFailures: 0 },
  notedAt: {},
  ...changes,
});

export const aReport = (changes: Partial<TaskReport> = {}): TaskReport => ({
  taskId: 't1',
  containerInstanceId: 'i1',
  lastStatus: 'RUNNING',
  containers: [{ name: 'app', lastStatus: 'RUNNING' }],
  startedAt: NOW,
  ...changes,
});
