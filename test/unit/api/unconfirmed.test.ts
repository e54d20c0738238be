/** The error for an unconfirmed change: the cause, the workflow and what to do. */
import { describe, expect, it, test } from 'vitest';
import { findCause, sayUnconfirmed, type Finding } from '../../../api/unconfirmed.ts';

type Connection = Parameters<typeof findCause>[0];
const ID = 'service/default/web';

/** The part of Temporal that a look-up needs. */
const temporal = (answers: {
  attempt?: number;
  failure?: string;
  seenSecondsAgo?: number;
  error?: { code: number; details: string };
}): Connection =>
  ({
    withDeadline: (_deadline: number, call: () => Promise<unknown>) => call(),
    workflowService: {
      describeWorkflowExecution: () =>
        answers.error
          ? Promise.reject(Object.assign(new Error('x'), { metadata: {} }, answers.error))
          : Promise.resolve({ pendingWorkflowTask: { attempt: answers.attempt ?? 1 } }),
      describeTaskQueue: () =>
        Promise.resolve({
          pollers:
            answers.seenSecondsAgo === undefined
              ? []
              : [{ lastAccessTime: { seconds: Math.floor(Date.now() / 1000) - answers.seenSecondsAgo } }],
        }),
      getWorkflowExecutionHistoryReverse: () =>
        Promise.resolve({
          history: { events: [{}, { workflowTaskFailedEventAttributes: { failure: { message: answers.failure } } }] },
        }),
    },
  }) as unknown as Connection;

const look = (answers: Parameters<typeof temporal>[0]): Promise<Finding> => findCause(temporal(answers), 'default', ID);

describe('the cause', () => {
  it.each([
    ['nobody polls', {}, 'noWorker'],
    ['nobody has polled for long', { seenSecondsAgo: 200 }, 'noWorker'],
    ['a worker polls', { seenSecondsAgo: 5 }, 'slow'],
    ['a workflow task fails again and again', { seenSecondsAgo: 5, attempt: 4, failure: 'boom' }, 'failing'],
    ['Temporal is away', { error: { code: 14, details: 'No connection' } }, 'unreachable'],
    ['the workflow never began', { error: { code: 5, details: '' } }, 'noWorker'],
  ])('%s', async (_, answers, kind) => {
    expect(await look(answers)).toMatchObject({ kind });
  });

  it('has the failure’s text', async () => {
    expect(await look({ attempt: 4, failure: 'boom' })).toEqual({ kind: 'failing', attempt: 4, failure: 'boom' });
  });
});

test.each<[Finding, RegExp]>([
  [{ kind: 'unreachable', error: 'No connection' }, /Temporal cannot be reached \(No connection\)\. Check/],
  [
    { kind: 'noWorker', lastSeenMs: 90_000 },
    /no worker .* 90 s ago\), so workflow service\/default\/web is waiting\. Start/,
  ],
  [
    { kind: 'failing', attempt: 5, failure: 'boom' },
    /service\/default\/web cannot go on, .* failed 4 times: boom\. Look/,
  ],
  [{ kind: 'slow' }, /in time: workflow service\/default\/web has not answered yet/],
])('%j', (finding, message) => {
  expect(sayUnconfirmed(ID, finding)).toMatch(message);
});
