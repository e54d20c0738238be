/** Requests and results of placement. All are values. */
import type { PlacementConstraint, PlacementStrategy } from '@aws-sdk/client-ecs';
import type { PlacementExplanation } from '../../model/decision.ts';
import type { Attribute } from '../../model/container-instance.ts';
import type { Failure } from '../../model/errors.ts';
import type { LaunchType } from '../../model/status.ts';
import type { HeldResources } from '../../model/task.ts';

export interface PlacementRequest {
  /** Tasks to place, all alike. */
  readonly count: number;
  readonly resources: HeldResources;
  readonly requiredAttributes: readonly Attribute[];
  /** The constraints of the task definition and of the service or call, together. */
  readonly constraints: readonly PlacementConstraint[];
  /** In order; each breaks the ties of the one before. Empty = random (or, for services, the caller passes ECS's default). */
  readonly strategies: readonly PlacementStrategy[];
  /** The task group that spread, distinctInstance and task:group count. */
  readonly group: string;
  readonly launchType: LaunchType;
  /** Place only in this zone; set by rebalancing. */
  readonly zone?: string;
  /** Why no instance can ever take such tasks: a part of the definition or the request that cannot be read. */
  readonly unplaceable?: string;
  /** The tasks' provider: FARGATE, FARGATE_SPOT, or one of the operator's. */
  readonly capacityProviderName?: string;
}

/** ECS's words for why an instance was refused; explain.ts has the text for each. */
export type RefusalReason =
  | 'RESOURCE:CPU'
  | 'RESOURCE:MEMORY'
  | 'RESOURCE:PORTS'
  | 'RESOURCE:GPU'
  | 'AGENT'
  | 'ATTRIBUTE'
  | 'CONSTRAINT'
  | 'CAPACITY_PROVIDER'
  | 'NO_INSTANCES'
  /** Ours, not ECS's: for a request's `unplaceable`, and for what the store refuses for good. */
  | 'UNPLACEABLE';

/** Why a task found no place: how many instances each filter refused, and the one that came closest. */
export interface Refusal {
  readonly reason: RefusalReason;
  /** Set for CONSTRAINT: the kind of constraint that was not met. */
  readonly constraint?: 'distinctInstance' | 'memberOf';
  /** Set for UNPLACEABLE: what is wrong. */
  readonly message?: string;
  /**
   * The closest matching instance, which passed the most filters. Absent if the cluster has no instances, and for
   * FARGATE, whose callers see no instances.
   */
  readonly nearestInstanceId?: string;
  /** Instances had room in the snapshot, but other owners took it first, again and again. */
  readonly contested?: true;
  readonly counts: readonly { readonly reason: RefusalReason; readonly instances: number }[];
}

export interface Placed {
  readonly containerInstanceId: string;
  readonly availabilityZone?: string;
}

/** StartTask's answer for one instance that was named. */
export type InstancePlacement =
  | { readonly kind: 'placed'; readonly placed: Placed }
  | {
      readonly kind: 'refused';
      readonly containerInstanceId: string;
      /** Without `arn`: the caller knows the partition. */
      readonly failure: Pick<Failure, 'reason' | 'detail'>;
    };

export interface PlacementResult {
  /** One per placed task, at most `count`. */
  readonly placed: readonly Placed[];
  /** Set if fewer than `count` were placed; applies to each of the others. */
  readonly refusal?: Refusal;
  /** How the choice was made, by the state before the first task. */
  readonly explanation: PlacementExplanation;
}
