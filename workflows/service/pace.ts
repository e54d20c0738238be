/** When a service plans again, and when its history has become long: both go by how much is going on. */
import { sleep, workflowInfo } from '@temporalio/workflow';

/** A run this long continues as new, well before Temporal's own limits. */
const MAX_HISTORY_EVENTS = 4_000;
/** In the middle of a large deployment a run may grow to this: every batch under way would be issued anew. A fifth of Temporal's limits. */
const HARD_LIMIT = { events: 10_000, bytes: 10_000_000 };
const FEW_BATCHES = 50;

/** A plan looks at every task: with many of them, changes of this long are planned on together. */
const TASKS_PER_MS = 20;
/** Below this, every change is planned on at once. */
const NOTICEABLE_MS = 50;

/** `batchesUnderWay`: launches and stops that the next run would have to issue again. */
export function historyIsLong(batchesUnderWay: number): boolean {
  const { continueAsNewSuggested, historyLength, historySize } = workflowInfo();
  if (historyLength > HARD_LIMIT.events || historySize > HARD_LIMIT.bytes) return true;
  return batchesUnderWay <= FEW_BATCHES && (continueAsNewSuggested || historyLength > MAX_HISTORY_EVENTS);
}

/** Waits until a service of so many tasks may plan again. The first change after a quiet time is never kept waiting. */
export async function untilNextPlan(tasks: number, lastPlanAt: number): Promise<void> {
  const pause = tasks / TASKS_PER_MS;
  const left = lastPlanAt + pause - Date.now();
  if (pause >= NOTICEABLE_MS && left > 0) await sleep(left);
}
