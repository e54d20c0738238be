/** Records calls that the API itself carries out in the store, with what they changed. */
import type { CallCause, DecisionReason } from '../../model/decision.ts';
import { describeChanges } from '../../model/decision-changes.ts';
import type { Queries } from '../base/database.ts';
import { putDecisions } from './decisions.ts';

export interface StoreCall {
  readonly cause: CallCause | undefined;
  readonly reason: DecisionReason;
  readonly clusterName: string;
  readonly containerInstanceId?: string;
  readonly before: object;
  readonly after: object;
}

/** Runs in the transaction of the change. Records nothing if nothing changed or no call was made. */
export async function putCallDecision(queries: Queries, call: StoreCall): Promise<void> {
  const { cause, reason, clusterName, containerInstanceId } = call;
  const changes = describeChanges(call.before, call.after);
  if (cause === undefined || Object.keys(changes).length === 0) return;
  const at = Date.now();
  await putDecisions(queries, [
    {
      id: `${cause.requestId}/${containerInstanceId ?? clusterName}`,
      clusterName,
      reasons: [{ reason, count: 1 }],
      tasks: [],
      ...(containerInstanceId === undefined ? {} : { containerInstanceIds: [containerInstanceId] }),
      changes,
      causes: [cause],
      at,
      lastAt: at,
      count: 1,
    },
  ]);
}
