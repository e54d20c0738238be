/** What a RunTask or StartTask call leaves on record: why its tasks start there, and why they stop. */
import type { Decision, DecisionCause, DecisionDraft, PlacementExplanation } from '../../model/decision.ts';
import { groupBy } from '../../model/group-by.ts';
import type { Task } from '../../model/task.ts';
import { describeRequest } from '../../scheduler/owner/asked.ts';
import type { PlacementRequest } from '../../scheduler/placement/types.ts';
import type { RunTaskCommand } from '../messages.ts';
import { newDecision } from '../owner/decision-record.ts';
import type { PlacementAttempt } from '../owner/place.ts';

const causesOf = ({ cause }: Pick<RunTaskCommand, 'cause'>): readonly DecisionCause[] => (cause ? [cause] : []);

const startOf = (tasks: readonly Task[]): DecisionDraft => ({
  reasons: [{ reason: 'runTask', count: tasks.length }],
  tasks: tasks.map(({ taskId, containerInstanceId = '' }) => ({ taskId, containerInstanceId })),
});

const refusalOf = (
  request: PlacementRequest,
  explanation: PlacementExplanation | undefined,
  count: number,
): DecisionDraft => ({
  reasons: [{ reason: 'refused', count }],
  tasks: [],
  asked: describeRequest(request, count),
  ...(explanation === undefined ? {} : { placement: explanation }),
});

/** The decision of one attempt to place tasks of the call, and of those that find no place in it. */
export const placementDecisions =
  (command: RunTaskCommand, request: PlacementRequest) =>
  (attempt: PlacementAttempt): readonly Decision[] => {
    const { tasks, placed, explanation, refusal } = attempt;
    const left = request.count - placed - tasks.length;
    const drafts: readonly DecisionDraft[] = [
      {
        ...startOf(tasks),
        asked: describeRequest(request, request.count - placed),
        ...(explanation === undefined ? {} : { placement: explanation }),
      },
      ...(refusal === undefined ? [] : [refusalOf(request, explanation, left)]),
    ];
    return drafts.map((draft) => newDecision(command.clusterName, draft, causesOf(command)));
  };

/** StartTask: the caller chose the instances. */
export const startedWhereNamed = (command: RunTaskCommand, tasks: readonly Task[]): readonly Decision[] =>
  tasks.length === 0 ? [] : [newDecision(command.clusterName, startOf(tasks), causesOf(command))];

/** Some of the instances that the caller chose did not take their task: one record for each reason. */
export function refusedWhereNamed(
  command: RunTaskCommand,
  request: PlacementRequest,
  refused: readonly { readonly containerInstanceId: string; readonly reason: string }[],
): readonly Decision[] {
  return [...groupBy(refused, ({ reason }) => reason)].map(([reason, all]) => {
    const draft: DecisionDraft = {
      reasons: [{ reason: 'refused', count: all.length }],
      tasks: [],
      containerInstanceIds: all.map(({ containerInstanceId }) => containerInstanceId),
      asked: describeRequest(request, all.length),
      facts: { reason },
    };
    return newDecision(command.clusterName, draft, causesOf(command));
  });
}

/** Tasks of the call that may not even wait: too many wait already. */
export function beyondQuotaDecision(command: RunTaskCommand, request: PlacementRequest, count: number): Decision {
  const refusal = {
    ...refusalOf(request, undefined, count),
    reasons: [{ reason: 'provisioningQuota', count }],
  } as const;
  return newDecision(command.clusterName, refusal, causesOf(command));
}

/** No task of the call found a place. */
export const placedNowhere = (
  command: RunTaskCommand,
  request: PlacementRequest,
  explanation: PlacementExplanation | undefined,
): Decision => newDecision(command.clusterName, refusalOf(request, explanation, request.count), causesOf(command));
