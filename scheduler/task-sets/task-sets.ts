/** The list of a service's task sets, and how the calls of an external deployment controller change it. */
import type { Deployment } from '../../model/service.ts';
import type { TaskSetPart } from '../../model/task-set.ts';
import type { EpochMs } from '../../model/time.ts';
import type { DeploymentSpec } from '../rollout/deployments.ts';

/** The members of a task set that a call gives. */
export type TaskSetSpec = DeploymentSpec & {
  readonly taskSet: Omit<TaskSetPart, 'stabilityStatus' | 'stabilityStatusAt' | 'draining'>;
};

/** The list with a new ACTIVE task set: PRIMARY stays in front, the others follow newest first. */
export function addTaskSet(
  deployments: readonly Deployment[],
  { taskSet, ...spec }: TaskSetSpec,
  now: EpochMs,
): readonly Deployment[] {
  const added: Deployment = {
    ...spec,
    status: 'ACTIVE',
    // The scheduler does not roll out task sets: their controller decides when they are done.
    rolloutState: 'COMPLETED',
    rolloutStateReason: '',
    failedTasks: 0,
    createdAt: now,
    updatedAt: now,
    taskSet: { ...taskSet, stabilityStatus: 'STABILIZING', stabilityStatusAt: now },
  };
  return primaryFirst([added, ...deployments]);
}

/** The list with one task set changed; unchanged if the id is unknown. */
export function changeTaskSet(
  deployments: readonly Deployment[],
  taskSetId: string,
  changes: Partial<Pick<TaskSetPart, 'scale' | 'draining'>>,
  now: EpochMs,
): readonly Deployment[] {
  return deployments.map((deployment) => {
    const { deploymentId, taskSet } = deployment;
    if (deploymentId !== taskSetId || taskSet === undefined) return deployment;
    return { ...deployment, taskSet: { ...taskSet, ...changes }, updatedAt: now };
  });
}

/** The list with this task set as the only PRIMARY one. */
export const makePrimary = (
  deployments: readonly Deployment[],
  taskSetId: string,
  now: EpochMs,
): readonly Deployment[] =>
  primaryFirst(
    deployments.map((deployment) => {
      const status = deployment.deploymentId === taskSetId ? 'PRIMARY' : 'ACTIVE';
      return deployment.status === status ? deployment : { ...deployment, status, updatedAt: now };
    }),
  );

const primaryFirst = (deployments: readonly Deployment[]): readonly Deployment[] => [
  ...deployments.filter(({ status }) => status === 'PRIMARY'),
  ...deployments.filter(({ status }) => status !== 'PRIMARY'),
];
