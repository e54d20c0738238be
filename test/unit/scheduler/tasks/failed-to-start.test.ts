/** Which stopped tasks count as failed starts: the throttle and failedTasks go by that. */
import { describe, expect, it } from 'vitest';
import { TASK_STATUSES, type StopCode } from '../../../../model/status.ts';
import { failedToStart } from '../../../../scheduler/tasks/failed-to-start.ts';
import { NOW } from '../../../support/service-builders.ts';

describe('failedToStart', () => {
  it.each<[StopCode | undefined, boolean]>([
    [undefined, true],
    ['TaskFailedToStart', true],
    ['EssentialContainerExited', true],
    ['ServiceSchedulerInitiated', false],
    ['UserInitiated', false],
    ['SpotInterruption', false],
    ['TerminationNotice', false],
    ['InfrastructureHealth', false],
  ])('a task that never ran, stopped with %s: %s', (stopCode, expected) => {
    expect(failedToStart({ lastStatus: 'STOPPED', ...(stopCode === undefined ? {} : { stopCode }) })).toBe(expected);
  });

  it('is never so of a task that has run', () => {
    expect(failedToStart({ lastStatus: 'STOPPED', startedAt: NOW, stopCode: 'EssentialContainerExited' })).toBe(false);
  });

  it.each(TASK_STATUSES.filter((status) => status !== 'STOPPED'))(
    'is not so yet of a task that is %s',
    (lastStatus) => {
      expect(failedToStart({ lastStatus, stopCode: 'TaskFailedToStart' })).toBe(false);
    },
  );
});
