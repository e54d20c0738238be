/**
 * How one workflow calls the control activities. Reads are local activities: a lost one has changed nothing. Writes are ordinary
 * activities: a write is on record before it runs, so a workflow task that is lost has written nothing.
 */
import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
} from '@temporalio/workflow';
import type { ControlActivities } from '../../activities/control/types.ts';

/** A slow or absent Postgres must not hold a workflow task: one short try here, the retries as an ordinary activity. */
const quick = proxyLocalActivities<ControlActivities>({ startToCloseTimeout: '2s', retry: { maximumAttempts: 1 } });

const patient = proxyActivities<ControlActivities>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '5s' },
});

type Call<T> = (activities: ControlActivities) => Promise<T>;

/** Each call throws only the store's refusals (the ApplicationFailure itself) and cancellations. */
export class Control {
  #lastRead: Promise<unknown> = Promise.resolve();
  #lastWrite: Promise<unknown> = Promise.resolve();

  /**
   * One at a time. Of two local activities that end together, a replay may show both to the workflow at once where the first
   * run saw one after the other: what follows each would then come in another order, and the workflow would stand still.
   */
  async read<T>(call: Call<T>): Promise<T> {
    const result = this.#lastRead.then(() => call(quick));
    this.#lastRead = result.catch(() => undefined);
    try {
      return await result;
    } catch (error) {
      if (isCancellation(error)) throw error;
      const refusal = refusalOf(error);
      if (refusal) throw refusal;
    }
    return patiently(call);
  }

  /** As an ordinary activity: the workflow task ends first, and what it has to say goes out. */
  readApart<T>(call: Call<T>): Promise<T> {
    return patiently(call);
  }

  /** One at a time, in the order of the calls: rows change in the order in which their owner decided. */
  write<T>(call: Call<T>): Promise<T> {
    const result = this.#lastWrite.then(() => patiently(call));
    this.#lastWrite = result.catch(() => undefined);
    return result;
  }
}

async function patiently<T>(call: Call<T>): Promise<T> {
  try {
    return await call(patient);
  } catch (error) {
    throw refusalOf(error) ?? error;
  }
}

/** A refusal, which no retry changes. A server reports a local activity's refusal bare, an ordinary one's as the cause. */
function refusalOf(error: unknown): ApplicationFailure | undefined {
  const failure = error instanceof ActivityFailure ? error.cause : error;
  return failure instanceof ApplicationFailure && failure.nonRetryable ? failure : undefined;
}
