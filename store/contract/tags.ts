/** Tags of every kind of resource. Clusters, capacity providers and task definitions keep theirs. */
import type { Tag } from '@aws-sdk/client-ecs';

export interface TagStore {
  /** Tags of any ECS resource; undefined when there is no such resource. */
  listTags(arn: string): Promise<readonly Tag[] | undefined>;
  /** Merges and removes in one transaction; refuses more than 50 with InvalidParameterException. False: no such resource. */
  changeTags(
    arn: string,
    change: { readonly set: readonly Tag[]; readonly remove: readonly string[] },
  ): Promise<boolean>;
}
