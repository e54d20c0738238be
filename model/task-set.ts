/** Task sets: what stands for deployments in a service whose deployment controller is EXTERNAL. */
import type { Tag } from '@aws-sdk/client-ecs';
import type { EpochMs } from './time.ts';

export type StabilityStatus = 'STEADY_STATE' | 'STABILIZING';

/** What a deployment has more when it is a task set. Its id is the task set's id, its status PRIMARY or ACTIVE the set's. */
export interface TaskSetPart {
  /** Percent of the service's desired count, 0 to 100. */
  readonly scale: number;
  readonly stabilityStatus: StabilityStatus;
  readonly stabilityStatusAt: EpochMs;
  /** Deleted: it goes once its tasks have stopped. */
  readonly draining?: boolean;
  readonly externalId?: string;
  readonly clientToken?: string;
  /** Of the call that created it: the same clientToken with other parameters is refused. */
  readonly digest: string;
  readonly tags: readonly Tag[];
}

/** How many tasks a task set is to have: its share of the desired count, rounded up. */
export const computedDesiredCount = (desiredCount: number, { scale, draining }: TaskSetPart): number =>
  draining === true ? 0 : Math.ceil((desiredCount * scale) / 100);

/** Whether task sets of its caller's, not rolling deployments, make up the service. */
export const isExternal = (definition: { readonly deploymentController?: 'ECS' | 'EXTERNAL' }): boolean =>
  definition.deploymentController === 'EXTERNAL';
