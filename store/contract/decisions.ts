/** The interface for decisions. */
import type { Decision, DecisionKind } from '../../model/decision.ts';
import type { EpochMs } from '../../model/time.ts';

/** What the decisions are about: exactly one of the ids and names besides the cluster's, or the cluster itself. */
export interface DecisionFilter {
  readonly clusterName: string;
  readonly taskId?: string;
  readonly serviceName?: string;
  readonly deploymentId?: string;
  readonly containerInstanceId?: string;
  /** Calls that concern no service. Their kind is `call`. */
  readonly ofCluster?: true;
  readonly kinds?: readonly DecisionKind[];
  /** First made no later than this. */
  readonly until?: EpochMs;
  /** The first decisions up to the limit, not the last. */
  readonly fromFirst?: boolean;
}

export interface DecisionStore {
  /** The last `limit` decisions, oldest first. */
  listDecisions(filter: DecisionFilter, limit: number): Promise<readonly Decision[]>;
  /** Removes decisions that were last made before that time. Returns how many. */
  purgeDecisions(before: EpochMs): Promise<number>;
  /** Ids of the cluster's tasks, instances and deployments that begin with the text; at most `limit` of each. */
  findByPrefix(
    kind: 'task' | 'instance' | 'deployment',
    found: { readonly clusterName: string; readonly prefix: string; readonly limit: number },
  ): Promise<readonly string[]>;
}
