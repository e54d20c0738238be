/** Task sets take the place of deployments in a service with an EXTERNAL deployment controller. */
import type { Tag } from '@aws-sdk/client-ecs';
import type { EpochMs } from './time.ts';

export type StabilityStatus = 'STEADY_STATE' | 'STABILIZING';

/** The extra members of a deployment that is a task set. The deployment's id and status (PRIMARY or ACTIVE) are the set's. */
export interface TaskSetPart {
  /** Percent of the service's desired count, 0 to 100. */
  readonly scale: number;
  readonly stabilityStatus: StabilityStatus;
  readonly stabilityStatusAt: EpochMs;
  /** Deleted: the set disappears once its tasks have stopped. */
  readonly draining?: boolean;
  readonly externalId?: string;
  readonly clientToken?: string;
  /** Digest of the creating call's parameters: the same clientToken with other parameters is refused. */
  readonly digest: string;
  readonly tags: readonly Tag[];
}

/** How many tasks a task set wants: its share of the desired count, rounded up. */
export const computedDesiredCount = (desiredCount: number, { scale, draining }: TaskSetPart): number =>
  draining === true ? 0 : Math.ceil((desiredCount * scale) / 100);

/** True if the service consists of its caller's task sets, not of rolling deployments. */
export const isExternal = (definition: { readonly deploymentController?: 'ECS' | 'EXTERNAL' }): boolean =>
  definition.deploymentController === 'EXTERNAL';
