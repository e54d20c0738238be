/** Parsing of placement constraints and strategies. */
import type { PlacementConstraint, PlacementStrategy } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { isEcsError } from '../../../model/errors.ts';
import { checkPlacement, readConstraint, readStrategy } from '../../../model/placement-rules.ts';

function refusal(constraints: readonly PlacementConstraint[], strategies: readonly PlacementStrategy[]): string {
  try {
    checkPlacement(constraints, strategies);
  } catch (error) {
    if (isEcsError(error) && error.code === 'InvalidParameterException') return error.message;
    throw error;
  }
  return 'accepted';
}

describe('constraints', () => {
  it.each<[PlacementConstraint, string]>([
    [{ type: 'distinctInstance' }, 'accepted'],
    [{ type: 'distinctInstance', expression: '' }, 'accepted'],
    [
      { type: 'distinctInstance', expression: 'attribute:a exists' },
      'distinctInstance expression should not be specified.',
    ],
    [{ type: 'memberOf', expression: 'attribute:a exists' }, 'accepted'],
    [{ type: 'memberOf' }, 'memberOf expression should be specified.'],
    [{ type: 'memberOf', expression: '' }, 'memberOf expression should be specified.'],
    [
      { type: 'memberOf', expression: 'attribute:a' },
      'Invalid expression: expected an operator after attribute:a at character 12, found the end.',
    ],
    [{}, 'Placement constraint type should be one of [distinctInstance, memberOf].'],
    [{ type: 'near' as 'memberOf' }, 'Placement constraint type should be one of [distinctInstance, memberOf].'],
  ])('%o: %s', (constraint, expected) => {
    expect(refusal([constraint], [])).toBe(expected);
  });

  it('accepts at most ten', () => {
    const ten = Array.from({ length: 10 }, (): PlacementConstraint => ({ type: 'distinctInstance' }));
    expect(refusal(ten, [])).toBe('accepted');
    expect(refusal([...ten, { type: 'distinctInstance' }], [])).toBe(
      'Too many placement constraints: at most 10 are allowed.',
    );
  });

  it('parses the expression', () => {
    const rule = readConstraint({ type: 'memberOf', expression: 'attribute:a exists' });
    expect(rule).toMatchObject({ kind: 'memberOf', query: { text: 'attribute:a exists' } });
  });
});

describe('strategies', () => {
  const spreadFields = 'spread placement strategy field should be one of [instanceId, host, attribute:<name>].';
  const binpackFields = 'binpack placement strategy field should be one of [cpu, memory].';
  it.each<[PlacementStrategy, string]>([
    [{ type: 'random' }, 'accepted'],
    [{ type: 'random', field: '' }, 'accepted'],
    [{ type: 'random', field: 'cpu' }, 'random placement strategy field should not be specified.'],
    [{ type: 'spread', field: 'instanceId' }, 'accepted'],
    [{ type: 'spread', field: 'host' }, 'accepted'],
    [{ type: 'spread', field: 'attribute:ecs.availability-zone' }, 'accepted'],
    [{ type: 'spread', field: 'attribute:' }, spreadFields],
    [{ type: 'spread', field: 'attribute:a b' }, spreadFields],
    [{ type: 'spread', field: 'zone' }, spreadFields],
    [{ type: 'spread' }, spreadFields],
    [{ type: 'binpack', field: 'cpu' }, 'accepted'],
    [{ type: 'binpack', field: 'MEMORY' }, 'accepted'],
    [{ type: 'binpack', field: 'disk' }, binpackFields],
    [{ type: 'binpack' }, binpackFields],
    [{}, 'Placement strategy type should be one of [random, spread, binpack].'],
    [{ type: 'best' as 'random' }, 'Placement strategy type should be one of [random, spread, binpack].'],
  ])('%o: %s', (strategy, expected) => {
    expect(refusal([], [strategy])).toBe(expected);
  });

  it.each<[PlacementStrategy, ReturnType<typeof readStrategy>]>([
    [{ type: 'random' }, { kind: 'random' }],
    [{ type: 'spread', field: 'HOST' }, { kind: 'spreadOverInstances' }],
    [{ type: 'spread', field: 'instanceid' }, { kind: 'spreadOverInstances' }],
    [
      { type: 'spread', field: 'attribute:Rack' },
      { kind: 'spreadOverAttribute', attribute: 'Rack' },
    ],
    [
      { type: 'binpack', field: 'Cpu' },
      { kind: 'binpack', resource: 'cpu' },
    ],
    [
      { type: 'binpack', field: 'memory' },
      { kind: 'binpack', resource: 'memory' },
    ],
  ])('reads %o as %o', (strategy, rule) => {
    expect(readStrategy(strategy)).toEqual(rule);
  });

  it('accepts at most five', () => {
    const five = Array.from({ length: 5 }, (): PlacementStrategy => ({ type: 'random' }));
    expect(refusal([], five)).toBe('accepted');
    expect(refusal([], [...five, { type: 'random' }])).toBe('Too many placement strategies: at most 5 are allowed.');
  });
});
