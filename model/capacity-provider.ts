/** Capacity providers: AWS's two, and the operator's, which are named groups of container instances. */
import type { AutoScalingGroupProvider, CapacityProviderStrategyItem, Tag } from '@aws-sdk/client-ecs';
import type { LaunchType } from './status.ts';
import type { EpochMs } from './time.ts';

/** Every cluster has these; nobody creates or deletes them. */
export const FARGATE_PROVIDERS: readonly string[] = ['FARGATE', 'FARGATE_SPOT'];
export const isFargateProvider = (name: string): boolean => FARGATE_PROVIDERS.includes(name);

/** How many tasks of one cluster may wait for capacity at a time, as in ECS. */
export const MAX_PROVISIONING_TASKS = 500;

/** How long a task waits for capacity before it is STOPPED, unless the operator sets another time. ECS documents no limit. */
export const DEFAULT_PROVISIONING_TIMEOUT_MS = 3_600_000;

export interface CapacityProviderRecord {
  readonly name: string;
  readonly status: 'ACTIVE' | 'INACTIVE';
  readonly createdAt: EpochMs;
  /** Absent for FARGATE and FARGATE_SPOT. Kept as given, with defaults filled in: nothing scales a group yet. */
  readonly autoScalingGroupProvider?: AutoScalingGroupProvider;
  readonly updateStatus?: 'CREATE_COMPLETE' | 'UPDATE_COMPLETE' | 'DELETE_COMPLETE';
  readonly tags: readonly Tag[];
}

/** What decides where tasks run: a launch type, or a strategy. */
export interface Compute {
  readonly launchType?: LaunchType;
  readonly capacityProviderStrategy?: readonly CapacityProviderStrategyItem[];
}

/** The launch type that tasks show: a strategy has FARGATE's providers or the operator's, never both. */
export function launchTypeOf({ launchType, capacityProviderStrategy = [] }: Compute): LaunchType {
  if (launchType !== undefined) return launchType;
  return capacityProviderStrategy.some(({ capacityProvider = '' }) => isFargateProvider(capacityProvider))
    ? 'FARGATE'
    : 'EC2';
}
