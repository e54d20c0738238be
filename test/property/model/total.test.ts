/**
 * Whatever is in a definition, in overrides and in placement rules, workflows derive a value from it and never throw.
 */
import type { PlacementConstraint, PlacementStrategy } from '@aws-sdk/client-ecs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkDefinition } from '../../../api/ecs/rules/task-definition/index.ts';
import { resolveOverrides } from '../../../api/ecs/rules/overrides.ts';
import { isEcsError } from '../../../model/errors.ts';
import type { TaskDefinition } from '../../../model/task-definition.ts';
import { heldResources, snapshotAttributeNames, snapshotGroups } from '../../../model/task-requirements.ts';
import { isUnreadable } from '../../../model/unreadable.ts';
import { placeTasks } from '../../../scheduler/placement/place-tasks.ts';
import { aRequest, aSnapshot, anInstance } from '../../../fixtures/capacity.ts';

const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 12 }), fc.constantFrom('', 'ALL', '0', '1', '256', '1GB'));
const amount = fc.oneof(fc.integer(), fc.constantFrom(undefined, 0, 4, 128, 2 ** 31 - 1));
const gpus = fc.array(
  text.map((value) => ({ type: 'GPU' as const, value })),
  { maxLength: 3 },
);
const sizes = { cpu: amount, memory: amount, memoryReservation: amount, resourceRequirements: gpus };
const container = fc.record(
  { name: fc.constantFrom('a', 'b'), image: fc.constant('i'), ...sizes },
  { requiredKeys: ['name'] },
);
const containers = fc.uniqueArray(container, { selector: ({ name }) => name, minLength: 1, maxLength: 2 });
const taskSizes = fc.record({ cpu: text, memory: text }, { requiredKeys: [] });
const overrides = fc.record({ ...{ cpu: text, memory: text }, containerOverrides: containers }, { requiredKeys: [] });
const constraint = fc.record({ type: fc.constantFrom('memberOf', 'distinctInstance', 'x'), expression: text });
const strategy = fc.record({ type: fc.constantFrom('spread', 'binpack', 'random', 'x'), field: text });

const definition = fc.tuple(containers, taskSizes).map(([containerDefinitions, task]): TaskDefinition => ({
  ...(task as Partial<TaskDefinition>),
  taskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1',
  family: 'web',
  revision: 1,
  registeredAt: 0,
  containerDefinitions: containerDefinitions,
}));

/** The definition as registration accepts it; undefined if it is refused. */
function accepted<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isEcsError(error)) return undefined;
    throw error;
  }
}

describe('what workflows derive from definitions', () => {
  it('is a value for any definition, and held resources for each one that registration accepts', () => {
    fc.assert(
      fc.property(definition, overrides, (registered, given) => {
        const held = heldResources(registered, given);
        const taken = accepted(() => {
          checkDefinition({ ...registered, containerDefinitions: [...(registered.containerDefinitions ?? [])] });
          return resolveOverrides(given, registered);
        });
        if (taken === undefined) return;
        const asked = heldResources(registered, taken);
        if (isUnreadable(asked)) throw new Error(asked.message);
        expect(asked.memoryMiB).toBeGreaterThan(0);
        expect(asked.cpu).toBeGreaterThanOrEqual(0);
        expect(held).toBeDefined();
      }),
      { numRuns: 2_000 },
    );
  });

  it('is a placement or a refusal for any rules', () => {
    const room = aSnapshot([anInstance('i')]);
    fc.assert(
      fc.property(fc.array(constraint), fc.array(strategy), fc.integer(), (constraints, strategies, seed) => {
        const request = aRequest({
          constraints: constraints as PlacementConstraint[],
          strategies: strategies as PlacementStrategy[],
        });
        expect(snapshotAttributeNames(request).length).toBeGreaterThan(0);
        snapshotGroups(request.constraints);
        const { placed, refusal } = placeTasks(request, room, seed);
        expect(placed.length === 1 || refusal !== undefined).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});
