/** The workflows of the references: they only call activities. */
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

/** Which activities `bareCall` runs, one after the other, before it answers. */
export const bareUpdate = defineUpdate<undefined, [readonly ActivityKind[]]>('bare');

/** Runs `count` activities, all scheduled at once. */
export async function bareActivities(count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, () => ordinary.nothing()));
}

/** Answers one update, then ends. */
export async function bareCall(): Promise<void> {
  let answered = false;
  setHandler(bareUpdate, async (kinds) => {
    for (const kind of kinds) await (kind === 'local' ? local : ordinary).nothing();
    answered = true;
    return undefined;
  });
  await condition(() => answered && allHandlersFinished());
}
