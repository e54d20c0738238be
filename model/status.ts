/** Task and instance statuses, in the order a task goes through them. Source: ECS task lifecycle. */

export const TASK_STATUSES = [
  'PROVISIONING',
  'PENDING',
  'ACTIVATING',
  'RUNNING',
  'DEACTIVATING',
  'STOPPING',
  'DEPROVISIONING',
  'STOPPED',
] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

/** ECS never sets a desired status of PENDING. */
export type DesiredStatus = 'RUNNING' | 'STOPPED';

export type HealthStatus = 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN';

/** What ECS shows for a container; finer states never leave the agent. */
export type ContainerStatus = 'PENDING' | 'RUNNING' | 'STOPPED';

export const STOP_CODES = [
  'TaskFailedToStart',
  'EssentialContainerExited',
  'UserInitiated',
  'ServiceSchedulerInitiated',
  'SpotInterruption',
  'TerminationNotice',
  'InfrastructureHealth',
] as const;
export type StopCode = (typeof STOP_CODES)[number];

export type InstanceStatus =
  'REGISTERING' | 'ACTIVE' | 'DRAINING' | 'DEREGISTERING' | 'INACTIVE' | 'REGISTRATION_FAILED';

export type LaunchType = 'EC2' | 'FARGATE' | 'EXTERNAL';

/** Position in the lifecycle; a task only ever moves to a higher one. */
export const statusRank = (status: TaskStatus): number => TASK_STATUSES.indexOf(status);

/** The task has not reached RUNNING and is not stopping. */
export const isBeforeRunning = (status: TaskStatus): boolean => statusRank(status) < statusRank('RUNNING');
