/** How workflows call the control activities: at once as a local activity, patiently as an ordinary one when that fails. */
import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
} from '@temporalio/workflow';
import type { ControlActivities } from '../../activities/control/types.ts';

/** A slow or absent Postgres must not hold a workflow task: one short try here, the retries elsewhere. */
const quick = proxyLocalActivities<ControlActivities>({ startToCloseTimeout: '2s', retry: { maximumAttempts: 1 } });

const patient = proxyActivities<ControlActivities>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '5s' },
});

let lastQuick: Promise<unknown> = Promise.resolve();

/**
 * One local activity of the workflow at a time. Of two that end together, a replay may show both to the workflow at once
 * where the first run saw one after the other: what follows each would then come in another order, and the workflow
 * would stand still for ever.
 */
function inTurn<T>(call: () => Promise<T>): Promise<T> {
  const result = lastQuick.then(call);
  lastQuick = result.catch(() => undefined);
  return result;
}

/** The cause of a failed activity when it is a refusal, which no retry changes. */
export function refusalOf(error: unknown): ApplicationFailure | undefined {
  if (!(error instanceof ActivityFailure) || !(error.cause instanceof ApplicationFailure)) return undefined;
  return error.cause.nonRetryable ? error.cause : undefined;
}

/** Runs one call to the store. Throws only refusals (the ApplicationFailure itself) and cancellations. */
export async function callControl<T>(call: (activities: ControlActivities) => Promise<T>): Promise<T> {
  try {
    return await inTurn(() => call(quick));
  } catch (error) {
    if (isCancellation(error)) throw error;
    const refusal = refusalOf(error);
    if (refusal) throw refusal;
  }
  return callControlOutside(call);
}

/** As an ordinary activity from the start: the workflow's step ends, and what it has to say goes out. */
export async function callControlOutside<T>(call: (activities: ControlActivities) => Promise<T>): Promise<T> {
  try {
    return await call(patient);
  } catch (error) {
    throw refusalOf(error) ?? error;
  }
}
