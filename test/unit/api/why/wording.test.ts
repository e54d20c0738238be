/** The words for decisions. */
import { describe, expect, it } from 'vitest';
import { sentenceOf } from '../../../../api/why/step.ts';
import { wordingOf } from '../../../../api/why/wording.ts';
import type { CallCause, Decision, DecisionReason } from '../../../../model/decision.ts';

const update: CallCause = { kind: 'call', operation: 'UpdateService', requestId: 'r-7', principalArn: 'root' };
const create: CallCause = { ...update, operation: 'CreateService' };

const aDecision = (reason: DecisionReason, changes: Partial<Decision> = {}): Decision => ({
  id: 'd-1',
  clusterName: 'default',
  reasons: [{ reason, count: 1 }],
  tasks: [],
  causes: [],
  at: 0,
  lastAt: 0,
  count: 1,
  ...changes,
});

const on = (taskId: string, containerInstanceId: string, replaces?: string) => ({
  taskId,
  containerInstanceId,
  ...(replaces === undefined ? {} : { replaces }),
});

describe('the headline of a decision', () => {
  it.each<[when: string, decision: Decision, headline: string]>([
    [
      'a call that changed one value',
      aDecision('called', { causes: [update], changes: { desiredCount: ['2', '1'] } }),
      'UpdateService was called: desiredCount 2 → 1',
    ],
    [
      'a call that changed nothing',
      aDecision('called', { causes: [update] }),
      'UpdateService was called: nothing changed',
    ],
    [
      'a call that changed many values',
      aDecision('called', { causes: [create], changes: { a: ['', '1'], b: ['', '2'], c: ['', '3'] } }),
      'CreateService was called',
    ],
    [
      'one start',
      aDecision('scaleOut', { tasks: [on('t1', 'i1')] }),
      'Started task t1 on container instance i1 because the service had fewer tasks than its desired count',
    ],
    [
      'a batch of starts',
      aDecision('rollout', { tasks: [on('t1', 'i1'), on('t2', 'i2'), on('t3', 'i2'), on('t4', 'i2')] }),
      'Started 4 tasks (t1, t2, t3 and 1 more) on 2 container instances because the deployment is starting its tasks',
    ],
    [
      'a start of tasks that wait for capacity',
      aDecision('runTask', { tasks: [on('t1', '')] }),
      'Started task t1, which waits for capacity, because the call asked for them',
    ],
    [
      'a stop for several reasons',
      aDecision('scaleIn', {
        reasons: [
          { reason: 'scaleIn', count: 2 },
          { reason: 'draining', count: 1 },
        ],
        tasks: [on('t1', 'i1'), on('t2', 'i1'), on('t3', 'i1')],
      }),
      'Stopped 3 tasks (t1, t2, t3) because the service had more tasks than its desired count (2) and the container instance is DRAINING (1)',
    ],
    [
      'tasks without a place',
      aDecision('refused', { reasons: [{ reason: 'refused', count: 3 }] }),
      'Did not place 3 tasks because no container instance met all requirements',
    ],
    ['a wait', aDecision('toStop'), 'The service is waiting for tasks to stop'],
    [
      'a deployment',
      aDecision('circuitBreaker', { deploymentId: 'ecs-svc/1' }),
      'Deployment ecs-svc/1 failed because too many of its tasks failed',
    ],
    [
      'an instance',
      aDecision('registered', { containerInstanceIds: ['i1'] }),
      'Container instance i1: its agent registered it',
    ],
  ])('%s', (_when, decision, headline) => {
    expect(wordingOf(decision).headline).toBe(headline);
  });

  it('names the task in question, whether the decision started it or replaced it', () => {
    const decision = aDecision('replaceStopped', { tasks: [on('t2', 'i1', 't1'), on('t3', 'i1')] });
    const why = 'because tasks of the service had stopped';
    expect(wordingOf(decision, 't2').headline).toBe(
      `Started task t2 and 1 other task on container instance i1 to replace task t1 ${why}`,
    );
    expect(wordingOf(decision, 't1').headline).toBe(
      `Started task t2 on container instance i1 to replace task t1 ${why}`,
    );
  });
});

describe('the details of a decision', () => {
  it.each<[when: string, decision: Decision, details: readonly string[]]>([
    [
      'who called, and the values of a new service except the empty ones',
      aDecision('called', {
        causes: [create],
        changes: {
          desiredCount: ['', '1'],
          launchType: ['', 'EC2'],
          placementStrategy: ['', '[]'],
          status: ['', 'ACTIVE'],
        },
        deploymentId: 'ecs-svc/1',
      }),
      ['Called by root (request r-7)', 'With desiredCount 1, launchType EC2, status ACTIVE', 'Deployment ecs-svc/1'],
    ],
    [
      'every cause, and the bounds of a stop',
      aDecision('scaleIn', {
        tasks: [on('t1', 'i1')],
        causes: [
          update,
          { kind: 'report', tasks: 1, taskIds: ['t0'] },
          { kind: 'notice', notice: 'lost', containerInstanceId: 'i9' },
        ],
        bounds: { desired: 1, lower: 1, upper: 2 },
        facts: { stoppedReason: 'Scaling activity' },
      }),
      [
        'Caused by UpdateService, called by root (request r-7), and a report on task t0, and the notice that container instance i9 is gone',
        'Stopped reason: Scaling activity',
        'Desired count 1, with 1 to 2 tasks allowed',
      ],
    ],
    [
      'a refused placement, with amounts for resources only, and how often it was tried',
      aDecision('refused', {
        causes: [{ kind: 'capacity' }],
        facts: { reason: 'RESOURCE:CPU' },
        placement: {
          seed: 1,
          considered: 2,
          eligible: 0,
          best: [],
          refused: [
            { reason: 'RESOURCE:CPU', instances: 1, some: ['i1'] },
            { reason: 'CONSTRAINT', instances: 1, some: ['i2'] },
          ],
          nearest: { containerInstanceId: 'i1', reason: 'RESOURCE:CPU', shortfall: 128 },
        },
        count: 3,
        lastAt: 60_000,
        until: 90_000,
      }),
      [
        'Caused by new or changed container instances',
        '0 of 2 container instances could take a task',
        'Refused: 1 for RESOURCE:CPU, 1 for CONSTRAINT; i1 came closest (RESOURCE:CPU, short by 128)',
        'Next attempt at 1970-01-01T00:01:30.000Z',
        'Decided 3 times, last at 1970-01-01T00:01:00.000Z',
      ],
    ],
    [
      'the best instance of a placement, and what set it apart',
      aDecision('scaleOut', {
        tasks: [on('t1', 'i1')],
        placement: {
          seed: 1,
          considered: 2,
          eligible: 2,
          refused: [],
          best: [
            { containerInstanceId: 'i1', scores: [{ by: 'binpack(cpu)', value: 1 }] },
            { containerInstanceId: 'i2', scores: [{ by: 'binpack(cpu)', value: 2 }] },
          ],
          decidedBy: 'binpack(cpu)',
        },
      }),
      ['2 of 2 container instances could take a task', 'Best: i1 (binpack(cpu) 1), ahead of i2 by binpack(cpu)'],
    ],
    [
      'how long a wait lasts, without bounds that do not explain it',
      aDecision('bakeTime', { until: 0, bounds: { desired: 1, lower: 1, upper: 2 }, causes: [{ kind: 'time' }] }),
      ['Caused by the timer of an earlier decision', 'Until 1970-01-01T00:00:00.000Z at the latest'],
    ],
  ])('%s', (_when, decision, details) => {
    expect(wordingOf(decision).details).toEqual(details);
  });

  it('follow the headline in one text', () => {
    expect(sentenceOf({ headline: 'A', details: ['B', 'C'] })).toBe('A. B. C.');
  });
});
