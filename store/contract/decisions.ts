/** Decisions, by whom they are about. */
import type { Decision, DecisionKind } from '../../model/decision.ts';
import type { EpochMs } from '../../model/time.ts';

/** Whose decisions: exactly one of the ids and names beside the cluster's, or the cluster's own. */
export interface DecisionFilter {
  readonly clusterName: string;
  readonly taskId?: string;
  readonly serviceName?: string;
  readonly deploymentId?: string;
  readonly containerInstanceId?: string;
  /** Calls that are about no service. Their kind is `call`. */
  readonly ofCluster?: true;
  readonly kinds?: readonly DecisionKind[];
  /** Taken first no later than this. */
  readonly until?: EpochMs;
  /** The first so many of them, not the last. */
  readonly fromFirst?: boolean;
}

export interface DecisionStore {
  /** The last so many of them, oldest first. */
  listDecisions(filter: DecisionFilter, limit: number): Promise<readonly Decision[]>;
  /** Removes those that were taken last before that time. Returns how many. */
  purgeDecisions(before: EpochMs): Promise<number>;
  /** Ids of the cluster's tasks and instances, and of its deployments, that begin so; at most `limit` each. */
  findByPrefix(
    kind: 'task' | 'instance' | 'deployment',
    found: { readonly clusterName: string; readonly prefix: string; readonly limit: number },
  ): Promise<readonly string[]>;
}
