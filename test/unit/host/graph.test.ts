/** Which containers of a task start and stop next. */
import { describe, expect, it } from 'vitest';
import { nextSteps, shouldRestart } from '../../../activities/host/launch/graph.ts';
import type { ContainerState } from '../../../activities/host/launch/graph.ts';
import type { ContainerPlan, DependencyCondition } from '../../../activities/host/launch/plan.ts';

const plan = (
  name: string,
  dependsOn: Record<string, DependencyCondition> = {},
  more: Partial<ContainerPlan> = {},
) => ({
  name,
  essential: true,
  stopTimeoutSeconds: 30,
  hasHealthCheck: false,
  dependsOn: Object.entries(dependsOn).map(([containerName, condition]) => ({ containerName, condition })),
  ...more,
});
const waiting: ContainerState = { phase: 'waiting', pulled: true };
const running: ContainerState = { phase: 'running', pulled: true, startedAt: 1_000 };
const stopped = (exitCode?: number): ContainerState => ({
  phase: 'stopped',
  pulled: true,
  startedAt: 1_000,
  ...(exitCode === undefined ? {} : { exitCode }),
});
const task = (
  plans: readonly ContainerPlan[],
  states: Record<string, ContainerState>,
  more: { stopping?: boolean; now?: number } = {},
) => ({ plans, states: new Map(Object.entries(states)), stopping: false, now: 5_000, ...more });

describe('starting', () => {
  const never: ContainerState = { phase: 'stopped', pulled: true };
  it.each<[DependencyCondition, string, ContainerState, 'start' | 'wait' | 'never']>([
    ['START', 'not started', waiting, 'wait'],
    ['START', 'starting', { phase: 'starting', pulled: true }, 'wait'],
    ['START', 'running', running, 'start'],
    ['START', 'ended after it ran', stopped(1), 'start'],
    ['START', 'never ran', never, 'never'],
    ['COMPLETE', 'running', running, 'wait'],
    ['COMPLETE', 'ended badly', stopped(1), 'start'],
    ['COMPLETE', 'never ran', never, 'never'],
    ['SUCCESS', 'running', running, 'wait'],
    ['SUCCESS', 'ended well', stopped(0), 'start'],
    ['SUCCESS', 'ended badly', stopped(1), 'never'],
    ['SUCCESS', 'ended without a code', stopped(), 'never'],
    ['HEALTHY', 'no verdict yet', running, 'wait'],
    ['HEALTHY', 'unhealthy', { ...running, health: 'UNHEALTHY' }, 'wait'],
    ['HEALTHY', 'healthy', { ...running, health: 'HEALTHY' }, 'start'],
    ['HEALTHY', 'ended', stopped(0), 'never'],
  ])('%s on one that is %s: %s', (condition, _what, state, verdict) => {
    const steps = nextSteps(task([plan('app', { db: condition }), plan('db')], { app: waiting, db: state }));
    expect(steps.start.includes('app')).toBe(verdict === 'start');
    expect(steps.unreachable.map((u) => u.name)).toEqual(verdict === 'never' ? ['app'] : []);
  });

  it('waits for the image, and for every dependency', () => {
    const plans = [plan('app', { one: 'START', two: 'START' }), plan('one'), plan('two')];
    const unpulled = { ...waiting, pulled: false };
    expect(nextSteps(task(plans, { app: waiting, one: running, two: unpulled })).start).toEqual([]);
    expect(nextSteps(task(plans, { app: waiting, one: running, two: running })).start).toEqual(['app']);
  });

  it('gives up when the dependency’s startTimeout ends, and says when to check again', () => {
    const plans = [plan('app', { db: 'HEALTHY' }), plan('db', {}, { startTimeoutSeconds: 10 })];
    const states = { app: waiting, db: running };
    expect(nextSteps(task(plans, states, { now: 10_999 }))).toMatchObject({ unreachable: [], wakeAt: 11_000 });
    expect(nextSteps(task(plans, states, { now: 11_000 })).unreachable).toEqual([
      { name: 'app', reason: 'container db did not become HEALTHY within its startTimeout' },
    ]);
  });
});

describe('stopping', () => {
  const plans = [plan('db'), plan('app', { db: 'START' }), plan('proxy', { app: 'START' })];
  it.each<[string, Record<string, ContainerState>, string[]]>([
    ['all run', { db: running, app: running, proxy: running }, ['proxy']],
    ['the last is stopping', { db: running, app: running, proxy: { ...running, phase: 'stopping' } }, []],
    ['the last has stopped', { db: running, app: running, proxy: stopped(0) }, ['app']],
    ['one is still starting', { db: running, app: { ...waiting, phase: 'starting' }, proxy: stopped() }, []],
    ['nothing runs', { db: stopped(0), app: stopped(0), proxy: stopped(0) }, []],
  ])('in reverse order: %s', (_what, states, expected) => {
    const steps = nextSteps(task(plans, states, { stopping: true }));
    expect(steps).toEqual({ start: [], stop: expected, unreachable: [] });
  });
});

describe('restart policy', () => {
  const restartPolicy = { ignoredExitCodes: [0], periodSeconds: 300 };
  it.each<[string, { policy?: boolean; exitCode?: number; endedAt: number }, boolean]>([
    ['no policy', { policy: false, exitCode: 1, endedAt: 400_000 }, false],
    ['after the period', { exitCode: 1, endedAt: 300_000 }, true],
    ['within the period', { exitCode: 1, endedAt: 299_999 }, false],
    ['an ignored code', { exitCode: 0, endedAt: 400_000 }, false],
    ['no code', { endedAt: 400_000 }, false],
  ])('%s', (_what, { policy = true, exitCode, endedAt }, expected) => {
    const container = plan('app', {}, policy ? { restartPolicy } : {});
    expect(shouldRestart(container, { exitCode, startedAt: 0, endedAt })).toBe(expected);
  });
});
