/** Promises of the reducer itself: it changes nothing that it was given, and answers the same input alike. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { reduceSafely } from '../../../scheduler/service-owner/reduce.ts';
import type { ServiceInput } from '../../../scheduler/service-owner/inputs.ts';
import { isEcsError } from '../../../model/errors.ts';
import type { Given } from '../../../scheduler/owner/effects.ts';
import { ServiceSimulator } from '../../support/service-simulator.ts';

type Happening = 'plan' | 'step' | 'crash' | 'deploy' | 'scale' | 'lose' | 'drain' | 'capacity' | 'order' | 'delete';
const HAPPENINGS: readonly Happening[] = [
  'plan',
  'step',
  'crash',
  'deploy',
  'scale',
  'lose',
  'drain',
  'capacity',
  'order',
  'delete',
];

/** Inputs of every kind that comes from outside, drawn for the state of the service. */
function inputOf({ state }: ServiceSimulator, happening: Happening, n: number): ServiceInput {
  const ids = [...state.tasks.keys()];
  const taskId = ids[n % Math.max(1, ids.length)] ?? 'gone';
  const { incarnation } = state;
  const containerInstanceId = `i${(n % 3) + 1}`;
  switch (happening) {
    case 'plan':
      return { kind: 'plan', facts: {} };
    case 'step':
    case 'crash': {
      const lastStatus = happening === 'step' ? ('RUNNING' as const) : ('STOPPED' as const);
      return { kind: 'reports', reports: [{ taskId, containerInstanceId, lastStatus, containers: [] }] };
    }
    case 'deploy':
      return { kind: 'update', command: { incarnation, changes: {}, forceNewDeployment: true } };
    case 'scale':
      return { kind: 'update', command: { incarnation, changes: { desiredCount: n % 5 }, forceNewDeployment: false } };
    case 'lose':
      return { kind: 'notice', notice: { containerInstanceId, kind: 'lost' } };
    case 'drain':
      return { kind: 'notice', notice: { containerInstanceId, kind: n % 2 === 0 ? 'draining' : 'active' } };
    case 'capacity':
      return { kind: 'capacityChanged' };
    case 'order': {
      const serviceDeploymentId = state.serviceDeployments?.[0]?.serviceDeploymentId ?? '';
      return { kind: 'stopDeployment', command: { incarnation, serviceDeploymentId, stopType: 'ROLLBACK' } };
    }
    case 'delete':
      return { kind: 'delete', command: { incarnation, force: n % 2 === 0 } };
  }
}

const given = (now: number): Given => ({ now, newId: () => 'id', random: () => 0.5 });

/** Refusals too are answers. */
function attempt(world: ServiceSimulator, input: ServiceInput): unknown {
  try {
    return reduceSafely(world.state, input, given(world.now));
  } catch (error) {
    if (isEcsError(error)) return error.message;
    throw error;
  }
}

function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const each of value instanceof Map ? value.values() : Object.values(value)) deepFreeze(each);
}

it('whatever comes, the state that went in is unchanged, and the same input gives the same answer', () => {
  const anyLife = fc.array(fc.tuple(fc.constantFrom(...HAPPENINGS), fc.nat({ max: 30 })), { maxLength: 25 });
  fc.assert(
    fc.property(anyLife, (life) => {
      const world = new ServiceSimulator({ definition: { desiredCount: 3 } });
      world.run(2);
      for (const [happening, n] of life) {
        deepFreeze(world.state);
        const before = structuredClone(world.state);
        const input = inputOf(world, happening, n);
        const first = attempt(world, input);
        // A write to a frozen value throws, and the net would catch it.
        expect(first).not.toHaveProperty('error');
        expect(attempt(world, input)).toEqual(first);
        expect(world.state).toEqual(before);
        if (typeof first === 'string') continue;
        if (input.kind === 'plan') world.plan();
        else world.feed(input);
        world.now += 20_000;
      }
    }),
    { numRuns: 150 },
  );
});
