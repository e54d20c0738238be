/** What a call needs to be allowed: the form in which each operation says it. */
import type { Partition } from '../../../model/arn.ts';
import type { Asked } from '../../auth/authorize.ts';

/** One action that must be allowed on each of the resources, of which there is at least one. */
export interface Access extends Omit<Asked, 'trust'> {
  /**
   * Whether the resources may exist and have tags, for `aws:ResourceTag/` and `ecs:ResourceTag/`. Reading tags costs a query:
   * `lookAt` says whether the policies ask for them.
   */
  readonly tagged: boolean;
  /** The task definition that the call runs. Its roles must be passed, too; `withDefinition` adds that. */
  readonly runs?: TaskDefinitionRef;
}

/** `revision` is absent if the request names the family only, which means the latest ACTIVE revision. */
export interface TaskDefinitionRef {
  readonly family: string;
  readonly revision?: number;
}

/** What is known beside the request. */
export interface AccessScope {
  readonly partition: Partition;
}

/**
 * What one operation needs, from the validated request alone. Throws what the operation would throw for an identifier of
 * another account, region, type or cluster.
 */
export type AccessOf<Input> = (input: Input, scope: AccessScope) => readonly Access[];

/** The resource of actions that AWS authorises on no resource. */
export const ANY_RESOURCE = '*';
