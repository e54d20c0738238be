/** The list of a service's task sets: how it changes by the calls of an external deployment controller. */
import type { Deployment } from '../../model/service.ts';
import type { TaskSetPart } from '../../model/task-set.ts';
import type { EpochMs } from '../../model/time.ts';
import type { DeploymentSpec } from '../rollout/deployments.ts';

/** What a call gives of a task set. */
export type TaskSetSpec = DeploymentSpec & {
  readonly taskSet: Omit<TaskSetPart, 'stabilityStatus' | 'stabilityStatusAt' | 'draining'>;
};

/** The list with a new ACTIVE task set: the PRIMARY one stays in front, the others follow newest first. */
export function addTaskSet(
  deployments: readonly Deployment[],
  { taskSet, ...spec }: TaskSetSpec,
  now: EpochMs,
): readonly Deployment[] {
  const added: Deployment = {
    ...spec,
    status: 'ACTIVE',
    // Task sets have no rollout of the scheduler's: whoever controls them says when they are done.
    rolloutState: 'COMPLETED',
    rolloutStateReason: '',
    failedTasks: 0,
    createdAt: now,
    updatedAt: now,
    taskSet: { ...taskSet, stabilityStatus: 'STABILIZING', stabilityStatusAt: now },
  };
  return primaryFirst([added, ...deployments]);
}

/** The list with one task set changed; unchanged when the id is unknown. */
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

/** The list with that task set PRIMARY, and no other. */
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
