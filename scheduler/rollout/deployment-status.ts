/** Which status of a service deployment may follow which: ECS's table. */
import type { ServiceDeploymentStatus } from '../../model/service-deployment.ts';

export const STATUS_TRANSITIONS: Readonly<Record<ServiceDeploymentStatus, readonly ServiceDeploymentStatus[]>> = {
  PENDING: ['IN_PROGRESS', 'ROLLBACK_REQUESTED', 'STOP_REQUESTED', 'STOPPED'],
  IN_PROGRESS: ['SUCCESSFUL', 'STOP_REQUESTED', 'ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS', 'STOPPED'],
  STOP_REQUESTED: ['STOPPED'],
  ROLLBACK_REQUESTED: ['SUCCESSFUL', 'ROLLBACK_IN_PROGRESS', 'STOPPED'],
  ROLLBACK_IN_PROGRESS: ['ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED'],
  SUCCESSFUL: [],
  STOPPED: [],
  ROLLBACK_SUCCESSFUL: [],
  ROLLBACK_FAILED: [],
};

/** Nothing follows: the deployment has ended. */
export const hasEnded = (status: ServiceDeploymentStatus): boolean => STATUS_TRANSITIONS[status].length === 0;

/** Whether a deployment may move from one status to the other. */
export const mayFollow = (from: ServiceDeploymentStatus, to: ServiceDeploymentStatus): boolean =>
  STATUS_TRANSITIONS[from].includes(to);
