/** Messages with a lasting cause: when they are due, and when they are forgotten. */
import { describe, expect, it } from 'vitest';
import { noteOnce, updateNotes, type Notes } from '../../../../scheduler/reconcile/notes.ts';
import { providerIsEmpty, unableToStart } from '../../../../scheduler/service/event-text.ts';
import { REPEAT_EVENT_AFTER_MS } from '../../../../scheduler/service/policy.ts';
import { aTask, NOW } from '../../../support/service-builders.ts';
import { aView, type Snapshot } from '../../../support/service-view.ts';

describe('noteOnce', () => {
  it.each<[string, Notes, boolean, number]>([
    ['never said', {}, true, NOW],
    ['said a moment ago', { m: NOW - 1 }, false, NOW - 1],
    ['said just less than long ago', { m: NOW - 999 }, false, NOW - 999],
    ['said long ago', { m: NOW - 1_000 }, true, NOW],
    ['another one said', { other: NOW }, true, NOW],
  ])('%s', (_name, notedAt, due, noted) => {
    const after = noteOnce(notedAt, 'm', NOW, 1_000);
    expect(after).toEqual({ due, notedAt: { ...notedAt, m: noted } });
  });
});

describe('updateNotes', () => {
  const due = (snapshot: Snapshot, standing: readonly string[] = []) => updateNotes(aView(snapshot), standing);

  it('says what stands for the first time', () => {
    expect(due({}, ['a', 'b'])).toEqual({ due: ['a', 'b'], notedAt: { a: NOW, b: NOW } });
  });

  it('says again what still stands only after hours', () => {
    const early = NOW - REPEAT_EVENT_AFTER_MS + 1;
    const late = NOW - REPEAT_EVENT_AFTER_MS;
    expect(due({ notedAt: { early, late } }, ['early', 'late'])).toEqual({
      due: ['late'],
      notedAt: { early, late: NOW },
    });
  });

  it('forgets what stands no more, and says it at once when it comes back', () => {
    expect(due({ notedAt: { gone: NOW - 1 } })).toEqual({ due: [], notedAt: {} });
    expect(due({ notedAt: {} }, ['gone']).due).toEqual(['gone']);
  });

  const throttled = unableToStart('web');
  const emptyProvider = providerIsEmpty('web');
  const unplaced = '(service web) was unable to place a task because of this and that.';
  it.each<[string, string, Snapshot, boolean]>([
    ['the throttle’s message, while starts fail', throttled, { throttle: { consecutiveStartFailures: 1 } }, true],
    ['the throttle’s message, once a task has run', throttled, {}, false],
    [
      'the empty provider’s message, while a task waits',
      emptyProvider,
      { tasks: [aTask('t', { containerInstanceId: '' })] },
      true,
    ],
    ['the empty provider’s message, once none waits', emptyProvider, { tasks: [aTask('t')] }, false],
    ['a refused placement, while it is tried again', unplaced, { placementRetryAt: NOW + 1 }, true],
    ['a refused placement, once it found a place', unplaced, {}, false],
    [
      'another message of the workflow',
      '(service web) was unable to record a change.',
      { placementRetryAt: NOW + 1 },
      false,
    ],
  ])('keeps or forgets %s', (_name, message, snapshot, kept) => {
    const { notedAt } = due({ ...snapshot, notedAt: { [message]: NOW - 5 } });
    expect(notedAt).toEqual(kept ? { [message]: NOW - 5 } : {});
  });
});
