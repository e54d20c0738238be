/** The workflows that references run: nothing but activities. */
import {
  allHandlersFinished,
  condition,
  defineUpdate,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
} from '@temporalio/workflow';
import type { ActivityKind } from './answer-activities.ts';

interface BareActivities {
  nothing(): Promise<void>;
}

const ordinary = proxyActivities<BareActivities>({ startToCloseTimeout: '1 minute' });
const local = proxyLocalActivities<BareActivities>({ startToCloseTimeout: '1 minute' });

/** What the call of `bareCall` is to do before it answers, one after the other. */
export const bareUpdate = defineUpdate<undefined, [readonly ActivityKind[]]>('bare');

/** So many activities, all ordered at once. */
export async function bareActivities(count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, () => ordinary.nothing()));
}

/** Answers one update, and ends. */
export async function bareCall(): Promise<void> {
  let answered = false;
  setHandler(bareUpdate, async (kinds) => {
    for (const kind of kinds) await (kind === 'local' ? local : ordinary).nothing();
    answered = true;
    return undefined;
  });
  await condition(() => answered && allHandlersFinished());
}
