/** A registered task definition revision: the SDK's own shape, with times as numbers so that it stays plain JSON. */
import type { TaskDefinition as SdkTaskDefinition, Tag } from '@aws-sdk/client-ecs';
import type { EpochMs } from './time.ts';

export type TaskDefinition = Omit<SdkTaskDefinition, 'registeredAt' | 'deregisteredAt' | 'deleteRequestedAt'> & {
  readonly taskDefinitionArn: string;
  readonly family: string;
  readonly revision: number;
  readonly registeredAt: EpochMs;
  readonly deregisteredAt?: EpochMs;
  readonly deleteRequestedAt?: EpochMs;
};

/** The store's row: the definition and the tags that the API shows with it. */
export interface TaskDefinitionRecord {
  readonly definition: TaskDefinition;
  readonly tags: readonly Tag[];
}
