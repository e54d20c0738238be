/** What is left on record of tasks that wait in PROVISIONING: where they were placed at last, why not yet, why not at all. */
import type { Assignment } from '../../model/reservation.ts';
import type { Decision, DecisionDraft, PlacementExplanation } from '../../model/decision.ts';
import { describeRequest } from '../../scheduler/decisions/asked.ts';
import type { PlacementRequest, Refusal } from '../../scheduler/placement/types.ts';
import type { DecisionLog, StandingDecision } from './decision-log.ts';
import type { OwnedTask } from './owned-tasks.ts';

/** One attempt to place tasks that are alike. */
export interface ProvisioningAttempt<T> {
  readonly group: readonly T[];
  readonly request: PlacementRequest;
  readonly explanation: PlacementExplanation;
}

export interface ProvisioningRecordsOptions<T extends OwnedTask> {
  readonly log: DecisionLog;
  /** Whose tasks these are: their service and their deployment. */
  readonly belongTo?: (task: T) => Pick<DecisionDraft, 'serviceName' | 'deploymentId'>;
}

export class ProvisioningRecords<T extends OwnedTask> {
  readonly #options: ProvisioningRecordsOptions<T>;
  /** Refusals that stand, by what they are about. */
  #standing: readonly StandingDecision[];

  constructor(options: ProvisioningRecordsOptions<T>, standing: readonly StandingDecision[] = []) {
    this.#options = options;
    this.#standing = standing;
  }

  get standing(): readonly StandingDecision[] {
    return this.#standing;
  }

  /** For the store, with the places themselves. */
  placed(attempt: ProvisioningAttempt<T>, assignments: readonly Assignment[]): readonly Decision[] {
    const draft: DecisionDraft = {
      reasons: [{ reason: 'capacityFound', count: assignments.length }],
      ...this.#about(attempt),
      tasks: assignments.map(({ taskId, containerInstanceId }) => ({ taskId, containerInstanceId })),
    };
    return [this.#options.log.make(draft)];
  }

  /** They go on waiting; of `refusals` all that stand now. */
  refused(refusals: readonly { readonly attempt: ProvisioningAttempt<T>; readonly refusal: Refusal }[]): void {
    const earlier = new Map(this.#standing.map((standing) => [standing.key, standing]));
    this.#standing = refusals.map(({ attempt, refusal }) => {
      const tasks = attempt.group.map(({ taskId }) => ({ taskId }));
      const key = `${refusal.reason} ${tasks.length} ${tasks[0]?.taskId ?? ''}`;
      const draft: DecisionDraft = {
        reasons: [{ reason: 'provisioning', count: tasks.length }],
        ...this.#about(attempt),
        tasks,
        facts: { reason: refusal.reason },
      };
      return this.#options.log.stand({ ...draft, key, urgent: true }, earlier.get(key));
    });
  }

  /** They have waited for too long. */
  expired(attempt: ProvisioningAttempt<T>, late: readonly T[], stoppedReason: string): void {
    if (late.length === 0) return;
    const draft: DecisionDraft = {
      reasons: [{ reason: 'provisioningTimeout', count: late.length }],
      ...this.#about(attempt),
      tasks: late.map(({ taskId }) => ({ taskId })),
      facts: { stoppedReason },
    };
    this.#options.log.add(draft, [{ kind: 'time' }]);
  }

  #about({ group, request, explanation }: ProvisioningAttempt<T>): Partial<DecisionDraft> {
    const [first] = group;
    return {
      ...(first === undefined ? {} : this.#options.belongTo?.(first)),
      asked: describeRequest(request, group.length),
      placement: explanation,
    };
  }
}
