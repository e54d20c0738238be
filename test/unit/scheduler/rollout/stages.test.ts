/** The stages of a rolling deployment, its bake time and its hooks. */
import { describe, expect, it } from 'vitest';
import type { ServiceDeployment } from '../../../../model/service-deployment.ts';
import type { ServiceDefinition } from '../../../../model/service.ts';
import { advanceStages, isAccomplished, type RolloutFacts } from '../../../../scheduler/rollout/stages.ts';
import { aDefinition, aServiceDeployment, NOW } from '../../../support/service-builders.ts';

const MINUTE_MS = 60_000;

const facts = (changes: Partial<RolloutFacts> = {}, definition: Partial<ServiceDefinition> = {}): RolloutFacts => ({
  definition: aDefinition({ desiredCount: 4, ...definition }),
  desired: 4,
  ready: 0,
  oldLeft: true,
  now: NOW,
  ...changes,
});

const hooks = (
  ...stages: ('RECONCILE_SERVICE' | 'PRE_SCALE_UP' | 'POST_SCALE_UP' | 'POST_PRODUCTION_TRAFFIC_SHIFT')[]
) => ({
  lifecycleHooks: stages.map((stage) => ({ targetType: 'PAUSE' as const, lifecycleStages: [stage] })),
});
const early = (healthyPercent: number, cleanup: 'BLOCKING' | 'DEFERRED') => ({
  earlySuccessCriteria: { enable: true, healthyPercent, sourceServiceRevisionCleanup: cleanup },
});

const stageOf = (at: RolloutFacts, before: Partial<ServiceDeployment> = {}) =>
  advanceStages(aServiceDeployment(before), at).deployment.lifecycleStage;

describe('the stages of a rolling deployment', () => {
  it.each([
    ['none ready', facts(), 'SCALE_UP'],
    ['some ready', facts({ ready: 3 }), 'SCALE_UP'],
    ['all ready', facts({ ready: 4 }), 'PRODUCTION_TRAFFIC_SHIFT'],
    ['nothing old left', facts({ ready: 4, oldLeft: false }), 'CLEAN_UP'],
    ['nothing wanted', facts({ desired: 0, oldLeft: false }), 'CLEAN_UP'],
    ['a bake time', facts({ ready: 4, oldLeft: false }, { bakeTimeInMinutes: 5 }), 'BAKE_TIME'],
    ['a hook before', facts({ ready: 4, oldLeft: false }, hooks('PRE_SCALE_UP')), 'PRE_SCALE_UP'],
    ['a hook after', facts({ ready: 4 }, hooks('POST_SCALE_UP')), 'POST_SCALE_UP'],
    ['early success, too few', facts({ ready: 1 }, early(50, 'BLOCKING')), 'SCALE_UP'],
    ['early success, old left', facts({ ready: 2 }, early(50, 'BLOCKING')), 'PRODUCTION_TRAFFIC_SHIFT'],
    ['early success, old gone', facts({ ready: 2, oldLeft: false }, early(50, 'BLOCKING')), 'CLEAN_UP'],
    ['early success, old left for later', facts({ ready: 2 }, early(50, 'DEFERRED')), 'CLEAN_UP'],
    ['early success switched off', facts({ ready: 2 }, { earlySuccessCriteria: { enable: false } }), 'SCALE_UP'],
  ])('%s: %#', (_name, at, stage) => {
    expect(stageOf(at)).toBe(stage);
  });

  it('include RECONCILE_SERVICE only if several revisions run', () => {
    const at = facts({}, hooks('RECONCILE_SERVICE'));
    expect(stageOf(at, { sourceRevisionIds: ['1', '2'] })).toBe('RECONCILE_SERVICE');
    expect(stageOf(at, { sourceRevisionIds: ['1'] })).toBe('SCALE_UP');
  });

  it('only move forwards: tasks lost later undo no stage', () => {
    expect(stageOf(facts({ ready: 1 }), { lifecycleStage: 'PRODUCTION_TRAFFIC_SHIFT' })).toBe(
      'PRODUCTION_TRAFFIC_SHIFT',
    );
  });

  it('do not move on the same facts, and change nothing then', () => {
    const first = advanceStages(aServiceDeployment(), facts({ ready: 4 }, hooks('POST_SCALE_UP'))).deployment;
    expect(advanceStages(first, facts({ ready: 4 }, hooks('POST_SCALE_UP'))).deployment).toBe(first);
    expect(first.version).toBe(aServiceDeployment().version + 1);
  });

  it('allow completion only at the end', () => {
    const done = advanceStages(aServiceDeployment(), facts({ ready: 4, oldLeft: false }));
    expect(done.gate.mayComplete).toBe(true);
    expect(advanceStages(aServiceDeployment(), facts({ ready: 4 })).gate.mayComplete).toBe(false);
  });
});

describe('the bake time', () => {
  const baking = facts({ ready: 4, oldLeft: false }, { bakeTimeInMinutes: 5 });

  it('plans again when it ends', () => {
    const { deployment, gate } = advanceStages(aServiceDeployment(), baking);
    expect(deployment.bakeStartedAt).toBe(NOW);
    expect(gate).toMatchObject({ wakeAt: NOW + 5 * MINUTE_MS, mayComplete: false, keepsOld: false });
    const later = (ms: number) => advanceStages(deployment, { ...baking, now: NOW + ms }).deployment.lifecycleStage;
    expect(later(5 * MINUTE_MS - 1)).toBe('BAKE_TIME');
    expect(later(5 * MINUTE_MS)).toBe('CLEAN_UP');
  });

  it('keeps the old tasks if cleanup is deferred', () => {
    const at = facts({ ready: 4 }, { bakeTimeInMinutes: 5, ...early(100, 'DEFERRED') });
    expect(advanceStages(aServiceDeployment(), at).gate.keepsOld).toBe(true);
  });
});

describe('PAUSE hooks', () => {
  const held = (at: RolloutFacts) => advanceStages(aServiceDeployment(), at);

  it.each([
    ['PRE_SCALE_UP', { holdsStarts: true, keepsOld: true }],
    ['POST_SCALE_UP', { holdsStarts: false, keepsOld: true }],
    ['POST_PRODUCTION_TRAFFIC_SHIFT', { holdsStarts: false, keepsOld: false }],
  ] as const)('at %s hold %o', (stage, gate) => {
    const progress = held(facts({ ready: 4, oldLeft: false }, hooks(stage)));
    expect(progress.deployment.lifecycleStage).toBe(stage);
    expect(progress.gate).toMatchObject({ ...gate, mayComplete: false, wakeAt: NOW + 1440 * MINUTE_MS });
    expect(progress.gate.awaiting).toMatchObject([{ stage, status: 'AWAITING_ACTION', timeoutAction: 'ROLLBACK' }]);
  });

  it('wait separately, each with its own id', () => {
    const { deployment } = held(facts({}, hooks('PRE_SCALE_UP', 'PRE_SCALE_UP')));
    expect(deployment.hooks?.map(({ hookId }) => hookId)).toEqual(['pre-scale-up-1', 'pre-scale-up-2']);
    const answered = (...statuses: ('SUCCEEDED' | 'AWAITING_ACTION')[]) => ({
      ...deployment,
      hooks: (deployment.hooks ?? []).map((hook, i) => ({ ...hook, status: statuses[i] ?? hook.status })),
    });
    const next = (before: ServiceDeployment) => advanceStages(before, facts()).deployment.lifecycleStage;
    expect(next(answered('SUCCEEDED', 'AWAITING_ACTION'))).toBe('PRE_SCALE_UP');
    expect(next(answered('SUCCEEDED', 'SUCCEEDED'))).toBe('SCALE_UP');
  });

  it.each([
    ['ROLLBACK', 'PRE_SCALE_UP', true],
    ['CONTINUE', 'SCALE_UP', false],
  ] as const)('that expire %s', (action, stage, rollsBack) => {
    const [hook] = hooks('PRE_SCALE_UP').lifecycleHooks;
    const definition = { lifecycleHooks: [{ ...hook!, timeoutConfiguration: { timeoutInMinutes: 10, action } }] };
    const { deployment } = held(facts({}, definition));
    const early = advanceStages(deployment, facts({ now: NOW + 10 * MINUTE_MS - 1 }, definition));
    expect(early.deployment).toBe(deployment);
    const late = advanceStages(deployment, facts({ now: NOW + 10 * MINUTE_MS }, definition));
    expect(late.deployment).toMatchObject({ lifecycleStage: stage, hooks: [{ status: 'TIMED_OUT' }] });
    expect(late.timedOut !== undefined).toBe(rollsBack);
  });
});

describe('the outcome of a rollout', () => {
  it.each([
    [4, false, {}, true],
    [4, true, {}, false],
    [3, false, {}, false],
    [3, false, early(75, 'BLOCKING'), true],
    [3, true, early(75, 'BLOCKING'), false],
    [3, true, early(75, 'DEFERRED'), true],
    [2, true, early(75, 'DEFERRED'), false],
  ] as const)('%i of 4 ready, old left %s, with %o: %s', (ready, oldLeft, definition, accomplished) => {
    expect(isAccomplished(facts({ ready, oldLeft }, definition))).toBe(accomplished);
  });
});
