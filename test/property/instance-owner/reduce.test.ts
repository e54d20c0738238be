/** Promises of a container instance's owner, whatever comes in whatever order. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defined } from '../../../model/defined.ts';
import { isEcsError } from '../../../model/errors.ts';
import type {
  AgentUpdateInput,
  InstanceEffect,
  InstanceInput,
  InstanceReduced,
} from '../../../scheduler/instance-owner/inputs.ts';
import { reduceSafely } from '../../../scheduler/instance-owner/reduce.ts';
import {
  carriedState,
  newInstance,
  resumedInstance,
  type InstanceState,
} from '../../../scheduler/instance-owner/state.ts';
import { aRegistration } from '../../../fixtures/records.ts';
import { expectedTask } from '../../support/expected-task.ts';

const SESSIONS = ['', 's1', 's2', 's3'];
const tasks = fc.array(
  fc.constantFrom('a', 'b', 'c').map((owner) => expectedTask(owner)),
  { maxLength: 3 },
);
const session = fc.constantFrom(...SESSIONS);
const build = fc.constantFrom({ version: '1.0.0', hash: 'abc' }, { version: '1.1.0', hash: 'b2' });
const outcome = fc.constantFrom<AgentUpdateInput['outcome']>(
  { kind: 'staged' },
  { kind: 'switches' },
  { kind: 'failed', reason: 'x' },
  { kind: 'lost' },
);
const registration = fc.tuple(session, build, fc.option(build, { nil: undefined })).map(([sessionId, own, failed]) =>
  aRegistration({
    sessionId,
    agentVersion: own.version,
    agentHash: own.hash,
    ...defined({ failedUpdate: failed && { build: failed, reason: 'x' } }),
  }),
);
const force = fc.record({ force: fc.boolean() });

/** `refuse`: the store refuses the last record. `again`: the run ends, and the next one begins. */
type Happening = InstanceInput | { readonly kind: 'refuse' } | { readonly kind: 'again' };

const anyHappening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 2, arbitrary: registration.map((r) => ({ kind: 'register', registration: r }) as const) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(registration, tasks)
      .map(([r, t]) => ({ kind: 'register', registration: r, tasks: t }) as const),
  },
  { weight: 4, arbitrary: session.map((sessionId) => ({ kind: 'attends', sessionId }) as const) },
  { weight: 3, arbitrary: fc.constant({ kind: 'silent' } as const) },
  { weight: 3, arbitrary: fc.constant({ kind: 'silentForTooLong' } as const) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom<'ACTIVE' | 'DRAINING'>('ACTIVE', 'DRAINING')
      .map((status) => ({ kind: 'setStatus', command: { status } }) as const),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'interrupt', command: {} } as const) },
  { weight: 1, arbitrary: fc.constant({ kind: 'interruptionDue' } as const) },
  { weight: 2, arbitrary: build.map((target) => ({ kind: 'updateAgent', command: { target } }) as const) },
  {
    weight: 4,
    arbitrary: fc.tuple(build, outcome).map(([target, outcome]) => ({ kind: 'agentUpdate', target, outcome }) as const),
  },
  { weight: 1, arbitrary: force.map((command) => ({ kind: 'deregister', command }) as const) },
  {
    weight: 1,
    arbitrary: fc.tuple(force, tasks).map(([command, t]) => ({ kind: 'deregister', command, tasks: t }) as const),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'refuse' } as const) },
  { weight: 1, arbitrary: fc.constant({ kind: 'again' } as const) },
);

interface Moment {
  readonly before: InstanceState;
  readonly input: InstanceInput;
  readonly after: InstanceState;
  readonly effects: readonly InstanceEffect[];
}

/** Refusals change nothing. */
function attempt(state: InstanceState, input: InstanceInput, now: number): InstanceReduced {
  try {
    const reduced = reduceSafely(state, input, { now, newId: () => 'id', random: () => 0.5 });
    // No input is one that nobody foresaw.
    expect(reduced).not.toHaveProperty('error');
    return reduced;
  } catch (error) {
    if (isEcsError(error)) return { state, effects: [] };
    throw error;
  }
}

function inputOf(happening: Happening, past: readonly Moment[]): InstanceInput | undefined {
  if (happening.kind === 'again') return { kind: 'resume' };
  if (happening.kind !== 'refuse') return happening;
  const record = past.flatMap(({ effects }) => effects).findLast((effect) => effect.kind === 'record');
  return record && { kind: 'refused', record };
}

function live(happenings: readonly Happening[]): readonly Moment[] {
  const moments: Moment[] = [];
  let state = newInstance('i1');
  happenings.forEach((happening, i) => {
    const input = inputOf(happening, moments);
    if (input === undefined || (input.kind === 'resume' && state.ended)) return;
    const before = input.kind === 'resume' ? resumedInstance('i1', carriedState(state)) : state;
    // Time may stand still.
    const { state: after, effects } = attempt(before, input, 1_000 + Math.floor(i / 2) * 50_000);
    moments.push({ before, input, after, effects });
    state = after;
  });
  return moments;
}

const anyLife = fc.array(anyHappening, { maxLength: 40 }).map((happenings) => live(happenings));
const always = (promise: (life: readonly Moment[]) => void) => {
  fc.assert(fc.property(anyLife, promise), { numRuns: 500 });
};

function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const each of Object.values(value)) deepFreeze(each);
}

describe('a container instance', () => {
  it('changes nothing that it was given, and answers the same input alike', () => {
    always((life) => {
      for (const { before, input } of life) {
        deepFreeze(before);
        const first = attempt(before, input, 7);
        expect(attempt(before, input, 7)).toEqual(first);
      }
    });
  });

  it('tells each owner once that it is given up, until its agent is heard again', () => {
    always((life) => {
      let told = false;
      for (const { after, effects } of life) {
        for (const effect of effects) {
          if (effect.kind === 'heard') told = false;
          if (effect.kind !== 'notify' || effect.notice.kind !== 'lost' || after.ended) continue;
          expect(told).toBe(false);
          told = true;
        }
      }
    });
  });

  it('says UPDATED only while the build that was asked for runs, and switches only to what its host has', () => {
    always((life) => {
      for (const { before, input, after, effects } of life) {
        if (after.agentUpdate?.status === 'UPDATED' && before.agentUpdate?.status !== 'UPDATED')
          expect(after.agentBuild).toEqual(after.agentUpdate.target);
        if (input.kind === 'resume') continue;
        for (const effect of effects)
          if (effect.kind === 'switchAgent')
            expect(input).toEqual({ kind: 'agentUpdate', target: effect.target, outcome: { kind: 'staged' } });
      }
    });
  });

  it('has one update at a time, whose status in the row is that of the state', () => {
    always((life) => {
      let recorded: string | undefined;
      for (const { before, input, after, effects } of life) {
        for (const effect of effects)
          if (effect.kind === 'record') recorded = effect.changes.agentUpdateStatus ?? recorded;
        expect(recorded).toBe(after.agentUpdate?.status);
        const isNew = JSON.stringify(after.agentUpdate?.target) !== JSON.stringify(before.agentUpdate?.target);
        if (isNew) expect([undefined, 'UPDATED', 'FAILED']).toContain(before.agentUpdate?.status);
        if (isNew) expect(input.kind).toBe('updateAgent');
      }
    });
  });

  it('does nothing once it has ended, and stays as it is', () => {
    always((life) => {
      for (const { before, after, effects, input } of life) {
        // The store may refuse the end itself.
        if (!before.ended || input.kind === 'refused') continue;
        expect(effects).toEqual([]);
        expect(after).toEqual(before);
      }
    });
  });

  it('writes versions that only grow', () => {
    always((life) => {
      const versions = life.flatMap(({ effects }) =>
        effects.flatMap((effect) => (effect.kind === 'record' ? [effect.changes.version] : [])),
      );
      expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
    });
  });

  it('is connected only by the agent of the session that was answered last', () => {
    always((life) => {
      for (const { before, after, input } of life) {
        if (before.agentConnected || !after.agentConnected || input.kind === 'refused') continue;
        expect(input).toEqual({ kind: 'attends', sessionId: before.sessionId });
        expect(before.sessionId).not.toBe('');
      }
    });
  });

  it('has a session only while that session is watched', () => {
    always((life) => {
      let watched = '';
      for (const { after, effects } of life) {
        for (const effect of effects) {
          if (effect.kind === 'watch') watched = effect.sessionId;
          if (effect.kind === 'awaitReturn') watched = '';
        }
        if (after.sessionId !== '') expect(watched).toBe(after.sessionId);
      }
    });
  });

  it('expects no task that it gave up', () => {
    always((life) => {
      for (const { before, input } of life) {
        if (input.kind !== 'register' || input.tasks === undefined || !before.givenUp || before.ended) continue;
        const { answer } = attempt(before, input, 7);
        expect(answer).toEqual({ expectedTasks: [], ordersFrom: 7 });
      }
    });
  });

  it('stops tasks after a spot interruption’s notice only while that notice holds', () => {
    always((life) => {
      for (const { before, effects } of life) {
        if (!effects.some((effect) => effect.kind === 'notify' && effect.notice.kind === 'interrupted')) continue;
        expect(before.stopTasksAt).toBeTypeOf('number');
        expect(before.ended).toBe(false);
      }
    });
  });
});
