/** The interface for tags of every kind of resource, whatever table they are in. */
import type { Tag } from '@aws-sdk/client-ecs';

export interface TagStore {
  /** Tags of any ECS resource; undefined if it does not exist. */
  listTags(arn: string): Promise<readonly Tag[] | undefined>;
  /**
   * Merges and removes in one transaction. Throws InvalidParameterException for more than 50. Returns false if the
   * resource does not exist.
   */
  changeTags(
    arn: string,
    change: { readonly set: readonly Tag[]; readonly remove: readonly string[] },
  ): Promise<boolean>;
}
