/**
 * A workflow for the story that both servers run (test/simulation/both-servers.test.ts): a little of everything that
 * our workflows ask of Temporal.
 */
import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  defineSignal,
  defineUpdate,
  isCancellation,
  patched,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  sleep,
} from '@temporalio/workflow';

export interface StoryActivities {
  /** Fails if it is called as a local activity. */
  lookUp(what: string): Promise<string>;
  /** `later` ends when its gate opens. */
  read(what: string): Promise<string>;
}

export const askUpdate = defineUpdate<string, [what: string]>('ask');
export const tellSignal = defineSignal<[what: string]>('tell');

const local = proxyLocalActivities<StoryActivities>({ startToCloseTimeout: '1m', retry: { maximumAttempts: 1 } });
const ordinary = proxyActivities<StoryActivities>({ startToCloseTimeout: '1m', retry: { maximumAttempts: 1 } });

/** Calls it as a local activity and, if that fails, as an ordinary one. */
async function lookUp(what: string): Promise<string> {
  try {
    return await local.lookUp(what);
  } catch (error) {
    if (isCancellation(error)) throw error;
    return `${await ordinary.lookUp(what)} after ${error instanceof Error ? error.name : 'nothing'}`;
  }
}

/** Begins a timer and an activity, and cancels both before the server learns of them. */
async function changeOfMind(): Promise<string> {
  const scope = new CancellationScope();
  const begun = scope.run(() => Promise.all([sleep('1 day'), ordinary.lookUp('nothing')]));
  scope.cancel();
  return begun.then(
    () => 'went on',
    (error: unknown) => (isCancellation(error) ? 'gave up' : 'failed'),
  );
}

async function firstRun(told: string[]): Promise<void> {
  // A timer that a signal makes unnecessary.
  await condition(() => told.includes('go'), '1 hour');
  const reads = ['now', 'later'].map(async (what) => told.push(await local.read(what)));
  await Promise.all(reads);
  told.push(patched('change-of-mind') ? await changeOfMind() : 'old');
  await sleep('10 minutes');
  await condition(allHandlersFinished);
}

export async function storyWorkflow(before: readonly string[]): Promise<readonly string[]> {
  const told = [...before];
  setHandler(tellSignal, (what) => void told.push(what));
  setHandler(askUpdate, async (what) => {
    const heard = told.toSorted().join(' ');
    if (what === 'the impossible') throw ApplicationFailure.nonRetryable('No.', 'Impossible');
    return `${await lookUp(what)}, having heard: ${heard}`;
  });
  if (before.length === 0) {
    await firstRun(told);
    await continueAsNew<typeof storyWorkflow>(told);
  }
  await condition(() => told.includes('end'), '1 hour');
  return told;
}
