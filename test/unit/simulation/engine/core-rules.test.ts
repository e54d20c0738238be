/** The SDK core's rules for jobs and commands. */
import { describe, expect, it } from 'vitest';
import { asSent, ordered, turnedDown } from '../../../../simulation/engine/core-rules.ts';
import type { Command, Job } from '../../../../simulation/engine/sandbox.ts';
import { signature } from '../../../../simulation/engine/session.ts';

const kinds = (jobs: readonly Job[]): string[] =>
  jobs.map((job) => `${Object.keys(job)[0] ?? ''}${job.resolveActivity?.isLocal ? ' local' : ''}`);

describe('jobs', () => {
  it('are in core’s order, and in order of arrival within a kind', () => {
    const jobs: Job[] = [
      { resolveActivity: { seq: 1, isLocal: true } },
      { fireTimer: { seq: 1 } },
      { doUpdate: { id: 'a' } },
      { resolveActivity: { seq: 2 } },
      { signalWorkflow: { signalName: 's' } },
      { notifyHasPatch: { patchId: 'p' } },
      { initializeWorkflow: {} },
    ];
    expect(kinds(ordered(jobs))).toEqual([
      'initializeWorkflow',
      'notifyHasPatch',
      'signalWorkflow',
      'doUpdate',
      'fireTimer',
      'resolveActivity',
      'resolveActivity local',
    ]);
  });
});

describe('commands', () => {
  const sent = (...commands: Command[]): string[] => asSent(commands).map(signature);

  it('are not sent if the same workflow task cancelled what it had begun', () => {
    expect(
      sent(
        { startTimer: { seq: 1 } },
        { scheduleActivity: { seq: 1, activityType: 'a' } },
        { cancelTimer: { seq: 1 } },
        { startTimer: { seq: 2 } },
        { cancelTimer: { seq: 0 } },
        { requestCancelActivity: { seq: 1 } },
        { requestCancelActivity: { seq: 3 } },
      ),
    ).toEqual(['startTimer seq=2', 'cancelTimer seq=0', 'requestCancelActivity seq=3']);
  });

  it('that end the run come last, and only one is sent', () => {
    expect(
      sent(
        { completeWorkflowExecution: {} },
        { updateResponse: { protocolInstanceId: 'u', accepted: {} } },
        { failWorkflowExecution: {} },
      ),
    ).toEqual(['updateResponse protocolInstanceId="u" accepted', 'completeWorkflowExecution']);
  });

  it('contain nothing of an update that was rejected before it began', () => {
    const commands: Command[] = [
      { updateResponse: { protocolInstanceId: 'turned down', rejected: {} } },
      { updateResponse: { protocolInstanceId: 'failed', accepted: {} } },
      { updateResponse: { protocolInstanceId: 'failed', rejected: {} } },
      { updateResponse: { protocolInstanceId: 'accepted before', rejected: {} } },
    ];
    const jobs = ['turned down', 'failed'].map((id) => ({ doUpdate: { protocolInstanceId: id } }));
    expect([...turnedDown(commands, jobs)]).toEqual(['turned down']);
  });
});
