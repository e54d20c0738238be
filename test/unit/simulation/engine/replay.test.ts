/** A replay resolves local activities in the order and at the time of their markers, as core does. */
import proto from '@temporalio/proto';
import { describe, expect, it } from 'vitest';
import { replayTask, type DoneTask, type LocalResult } from '../../../../simulation/engine/replay.ts';
import type { Command, Job } from '../../../../simulation/engine/sandbox.ts';
import { WorkflowSession } from '../../../../simulation/engine/session.ts';

const local = (seq: number): Command => ({ scheduleLocalActivity: { seq, activityType: `local-${seq}` } });
const answer = (seq: number, at: number): [number, LocalResult] => [
  seq,
  { activityType: `local-${seq}`, result: { completed: {} }, at },
];

/** A workflow that gives these commands, one list per activation, and records its jobs with their times. */
function scripted(script: readonly (readonly Command[])[]) {
  const told: string[] = [];
  const name = ({ fireTimer, resolveActivity }: Job): string =>
    fireTimer ? 'timer' : `${resolveActivity?.seq ?? ''}${resolveActivity?.result?.cancelled ? ' cancelled' : ''}`;
  const session = new WorkflowSession({
    activate: (jobs, { at }) => {
      told.push(`${at}: ${jobs.map(name).join(', ')}`);
      return Promise.resolve({ commands: script[told.length - 1] ?? [], usedFlags: [] });
    },
    query: () => Promise.resolve(undefined),
    dispose: () => Promise.resolve(),
  });
  return { session, told };
}

const task = (locals: readonly [number, LocalResult][], changes: Partial<DoneTask> = {}): DoneTask => ({
  jobs: [{ fireTimer: { seq: 1 } }],
  at: 10,
  historyLength: 3,
  continueAsNewSuggested: false,
  locals: new Map(locals),
  commands: [],
  flags: [],
  patchIds: [],
  ...changes,
});

describe('a replay', () => {
  it('resolves local activities in the order of their ends, not of their calls', async () => {
    const { session, told } = scripted([[local(1), local(2)]]);
    expect(await replayTask(session, task([answer(2, 12), answer(1, 15)]), new Map())).toBe(undefined);
    expect(told).toEqual(['10: timer', '15: 2, 1']);
  });

  it('keeps a result back until all activities that ended earlier have been called', async () => {
    const { session, told } = scripted([[local(1), local(2)], [local(3)]]);
    expect(await replayTask(session, task([answer(2, 12), answer(3, 13), answer(1, 15)]), new Map())).toBe(undefined);
    expect(told).toEqual(['10: timer', '12: 2', '15: 3, 1']);
  });

  it('delivers results for an earlier workflow task’s calls with the next jobs', async () => {
    const { session, told } = scripted([[]]);
    const underWay = new Map([[1, local(1)]]);
    expect(await replayTask(session, task([answer(1, 15)]), underWay)).toBe(undefined);
    expect([told, underWay.size]).toEqual([['15: timer, 1'], 0]);
  });

  it('takes the end of a cancelled local activity from its marker', async () => {
    const { session, told } = scripted([[local(1), local(2)], [{ requestCancelLocalActivity: { seq: 1 } }]]);
    const given: [number, LocalResult] = [1, { activityType: 'local-1', result: { cancelled: {} }, at: 12 }];
    expect(await replayTask(session, task([answer(2, 12), given]), new Map())).toBe(undefined);
    expect(told).toEqual(['10: timer', '12: 2, 1 cancelled']);
  });

  it('resolves an activity at once if its own workflow task cancelled it, whatever its cancellation type', async () => {
    const { WAIT_CANCELLATION_COMPLETED: cancellationType } = proto.coresdk.workflow_commands.ActivityCancellationType;
    const activity: Command = { scheduleActivity: { seq: 1, activityType: 'a', cancellationType } };
    const { session, told } = scripted([[activity, { requestCancelActivity: { seq: 1 } }]]);
    expect(await replayTask(session, task([]), new Map())).toBe(undefined);
    expect(told).toEqual(['10: timer', '10: 1 cancelled']);
  });

  it.each<[what: string, locals: [number, LocalResult][], difference: string]>([
    ['nothing calls', [answer(1, 12), answer(7, 13)], 'nothing calls local activity 7 (local-7)'],
    [
      'had another type',
      [[1, { ...answer(1, 12)[1], activityType: 'other' }]],
      'local activity 1 was other, but is now local-1',
    ],
  ])('notices the result of a local activity that %s', async (_what, locals, difference) => {
    const { session } = scripted([[local(1)]]);
    expect(await replayTask(session, task(locals), new Map())).toBe(difference);
  });

  it('notices a command that is missing at the end', async () => {
    const { session } = scripted([[]]);
    const difference = await replayTask(session, task([], { commands: ['startTimer seq=1'] }), new Map());
    expect(difference).toBe('first [startTimer seq=1], again []');
  });
});
