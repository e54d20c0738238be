/** Promises of advanceTask, however reports arrive. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { statusRank } from '../../../model/status.ts';
import type { TaskReport } from '../../../model/task.ts';
import type { ServiceTask } from '../../../scheduler/service/types.ts';
import { advanceTask, heardOf, taskChanges } from '../../../scheduler/tasks/advance-task.ts';
import { aPendingTask, aReport, NOW } from '../../support/service-builders.ts';

/** An agent's reports of one task, in order; each includes what the earlier ones said. */
const anyHistory: fc.Arbitrary<readonly TaskReport[]> = fc
  .record({
    pull: fc.boolean(),
    runs: fc.boolean(),
    healths: fc.array(fc.constantFrom('UNKNOWN' as const, 'HEALTHY' as const, 'UNHEALTHY' as const), { maxLength: 4 }),
    ends: fc.boolean(),
  })
  .map(({ pull, runs, healths, ends }) => {
    const { startedAt: _startedAt, ...bare } = aReport({ lastStatus: 'PENDING' });
    const pulled = pull ? { ...bare, pullStartedAt: NOW - 2_000, pullStoppedAt: NOW - 1_000 } : bare;
    const running = healths.map((healthStatus) =>
      aReport({ ...pulled, lastStatus: 'RUNNING', startedAt: NOW, healthStatus }),
    );
    const last = running.at(-1) ?? aReport({ ...pulled, lastStatus: 'RUNNING', startedAt: NOW });
    const end: TaskReport = {
      ...(runs ? last : pulled),
      lastStatus: 'STOPPED',
      stoppedAt: NOW + 9,
      stopCode: runs ? 'EssentialContainerExited' : 'TaskFailedToStart',
      stoppedReason: 'gone',
    };
    const told = [bare, pulled, ...(runs ? [...running, last] : []), ...(ends ? [end] : [])];
    return told.map((report, i) => ({ ...report, reportedAt: NOW + i }));
  });

const start = aPendingTask('t1', { lastStatus: 'PROVISIONING' });

function applyAll(task: ServiceTask, reports: readonly TaskReport[]): ServiceTask {
  return reports.reduce((before, report) => {
    const after = advanceTask(before, report);
    if (after === 'unchanged') {
      expect(taskChanges(before, report)).toEqual({});
      return heardOf(before, report);
    }
    expect(statusRank(after.lastStatus)).toBeGreaterThanOrEqual(statusRank(before.lastStatus));
    expect(after.version).toBe(before.version + 1);
    if (before.startedAt !== undefined) expect(after.startedAt).toBe(before.startedAt);
    if (before.desiredStatus === 'STOPPED') expect(after.desiredStatus).toBe('STOPPED');
    if (before.stopCode !== undefined) expect(after.stopCode).toBe(before.stopCode);
    return after;
  }, task);
}
const facts = ({ version: _version, ...task }: ServiceTask) => task;
/**
 * The part of the task that does not depend on how the last report came. Details of its containers belong to the row.
 */
const lasting = ({ version: _version, reportMark: _mark, ...task }: ServiceTask) => task;

describe('advanceTask promises that', () => {
  it('nothing goes back, however reports are lost, repeated or out of order', () => {
    const anyArrival = anyHistory.chain((history) => fc.array(fc.constantFrom(...history), { maxLength: 12 }));
    fc.assert(fc.property(anyArrival, (reports) => void applyAll(start, reports)));
  });

  it('any suffix of the reports gives the same task', () => {
    fc.assert(
      fc.property(anyHistory, fc.nat(), (history, cut) => {
        const suffix = history.slice(cut % history.length);
        expect(facts(applyAll(start, suffix))).toEqual(facts(applyAll(start, history)));
      }),
    );
  });

  it('the last report decides, whatever arrives before and after it, in any order', () => {
    const anyArrival = anyHistory.chain((history) =>
      fc.record({
        history: fc.constant(history),
        before: fc.array(fc.constantFrom(...history), { maxLength: 6 }),
        after: fc.array(fc.constantFrom(...history), { maxLength: 6 }),
      }),
    );
    fc.assert(
      fc.property(anyArrival, ({ history, before, after }) => {
        const arrived = [...before, history.at(-1)!, ...after];
        expect(lasting(applyAll(start, arrived))).toEqual(lasting(applyAll(start, history)));
      }),
    );
  });

  it('a report that is repeated at once changes nothing more', () => {
    fc.assert(
      fc.property(anyHistory, fc.integer({ min: 2, max: 4 }), (history, times) => {
        const stuttered = history.flatMap((report) => Array.from({ length: times }, () => report));
        expect(applyAll(start, stuttered)).toEqual(applyAll(start, history));
      }),
    );
  });

  it('all reports repeated after the end change nothing', () => {
    fc.assert(
      fc.property(
        anyHistory.filter((history) => history.at(-1)?.lastStatus === 'STOPPED'),
        (history) => {
          const once = applyAll(start, history);
          expect(applyAll(once, history)).toEqual(once);
        },
      ),
    );
  });
});
