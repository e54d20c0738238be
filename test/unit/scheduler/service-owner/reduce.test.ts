/** The reducer of a service as a whole: refusals, the net under it, what each kind of input leaves behind. */
import { describe, expect, it } from 'vitest';
import type { EcsError } from '../../../../model/errors.ts';
import type { Given } from '../../../../scheduler/owner/effects.ts';
import type { ServiceEffect, ServiceInput } from '../../../../scheduler/service-owner/inputs.ts';
import { startRequest } from '../../../../scheduler/service-owner/start-request.ts';
import { reduce, reduceSafely } from '../../../../scheduler/service-owner/reduce.ts';
import { NOW } from '../../../support/service-builders.ts';
import { ServiceSimulator } from '../../../support/service-simulator.ts';

const given: Given = { now: NOW, newId: () => 'id', random: () => 0.5 };
const steady = (definition = {}): ServiceSimulator => {
  const world = new ServiceSimulator({ definition: { desiredCount: 2, ...definition } }, NOW);
  world.run(8);
  return world;
};
const events = (effects: readonly ServiceEffect[]) =>
  effects.flatMap((effect) => (effect.kind === 'event' ? [effect.message] : []));
const decisions = (effects: readonly ServiceEffect[]) =>
  effects.flatMap((effect) => (effect.kind === 'decision' ? [effect.decision] : []));

describe('a refusal', () => {
  const incarnation = 'web';
  it.each<[string, ServiceInput, string]>([
    [
      'a deletion while it is scaled above 0',
      { kind: 'delete', command: { incarnation, force: false } },
      'InvalidParameterException',
    ],
    [
      'the creation of another service',
      { kind: 'createAgain', command: { incarnation: 'other' } as never },
      'InvalidParameterException',
    ],
    [
      'an order to a deployment that has ended',
      { kind: 'stopDeployment', command: { incarnation, serviceDeploymentId: 'x', stopType: 'ABORT' } },
      'ConflictException',
    ],
    [
      'a change of a task set that does not exist',
      { kind: 'changeTaskSet', command: { incarnation, taskSetId: 'x', change: { kind: 'primary' } } },
      'TaskSetNotFoundException',
    ],
  ])('%s', (_what, input, code) => {
    const { state } = steady();
    for (const attempt of [reduce, reduceSafely]) {
      expect(() => attempt(state, input, given)).toThrow(expect.objectContaining({ code }) as EcsError);
    }
  });
});

describe('an exception that nobody foresaw', () => {
  /** A look that brings no columns, and no earlier look that has them. */
  const input: ServiceInput = {
    kind: 'looked',
    look: { digest: '', busyDrainingIds: [], marks: [] },
    question: '',
    at: NOW,
  };

  it('discards the change, and says so in an event, on record, and to the caller', () => {
    const { state } = steady();
    const reduced = reduceSafely(state, input, given);
    if (!('error' in reduced)) throw new Error('the exception was not caught');
    expect(reduced.error.message).toBe('A look without a known digest always brings its columns.');
    const { tasks, definition, deployments } = reduced.state;
    expect({ tasks, definition, deployments }).toEqual({
      tasks: state.tasks,
      definition: state.definition,
      deployments: state.deployments,
    });
    expect(events(reduced.effects)).toEqual([
      `(service web) was unable to take in a change (looked). Reason: ${reduced.error.message}`,
    ]);
    expect(decisions(reduced.effects)).toMatchObject([
      {
        serviceName: 'web',
        reasons: [{ reason: 'inputDiscarded', count: 1 }],
        facts: { input: 'looked', error: reduced.error.message },
      },
    ]);
  });

  it('is told once in a while, and on record each time', () => {
    const first = reduceSafely(steady().state, input, given);
    const second = reduceSafely(first.state, input, given);
    expect(events(second.effects)).toEqual([]);
    expect(decisions(second.effects)).toHaveLength(1);
  });

  it('is also tasks that come for a deployment that is gone: no refusal, for nobody called', () => {
    const { state } = steady();
    const [start] = new ServiceSimulator({ definition: { desiredCount: 2 } }, NOW).plan().start;
    const { request } = startRequest(state, { ...start!, deploymentId: state.deployments[0]!.deploymentId });
    const placed = { start: { ...start!, deploymentId: 'gone' }, request, tasks: [], beyondQuota: 0, isLast: true };
    expect(reduceSafely(state, { kind: 'placed', placed }, given)).toMatchObject({
      state: { tasks: state.tasks },
      error: { message: 'No deployment gone.' },
    });
  });

  it('leaves the owner as it was: the next plan is the plan it would have made', () => {
    const world = steady();
    const [first = ''] = world.alive().map(({ taskId }) => taskId);
    world.crash(first);
    const { state } = reduceSafely(world.state, input, given);
    const plan = (of: typeof state) => reduce(of, { kind: 'plan', facts: {} }, given).plan?.start;
    expect(plan(state)).toEqual(plan(world.state));
    expect(plan(state)).toHaveLength(1);
  });
});

describe('a task with another image than its deployment', () => {
  const digest = (last: string) => ({ name: 'web', lastStatus: 'RUNNING', imageDigest: `sha256:${last}` }) as const;

  it('is stopped by the plan, which sees to another', () => {
    const world = new ServiceSimulator({ definition: { desiredCount: 2 } }, NOW);
    world.plan();
    const [first = '', second = ''] = world.alive().map(({ taskId }) => taskId);
    world.report(first, { containers: [digest('aa')], startedAt: NOW });
    world.report(second, { containers: [digest('bb')], startedAt: NOW });
    const plan = world.plan();
    expect(plan.stop).toMatchObject([{ taskId: second, because: 'otherImage', stopCode: 'ServiceSchedulerInitiated' }]);
    expect(plan.start).toMatchObject([{ count: 1, because: [{ reason: 'replaceStopped', count: 1 }] }]);
    expect(world.plan()).toMatchObject({ start: [], stop: [] });
  });
});

describe('a task on an instance with notice of a spot interruption', () => {
  it('stops with ECS’s code when its replacement is healthy', () => {
    const world = steady();
    const [first] = world.alive();
    const { containerInstanceId = '' } = first ?? {};
    world.feed({ kind: 'notice', notice: { containerInstanceId, kind: 'draining', bySpotInterruption: true } });
    world.run(6);
    const stops = world.plans.flatMap(({ stop }) => stop);
    expect(stops).toMatchObject([{ stopCode: 'SpotInterruption', because: 'spotInterrupted' }]);
  });
});
