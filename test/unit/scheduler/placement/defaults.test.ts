/** The default placement strategies. */
import { describe, expect, it } from 'vitest';
import { checkPlacement } from '../../../../model/placement-rules.ts';
import {
  DEFAULT_RUN_TASK_STRATEGIES,
  DEFAULT_SERVICE_STRATEGIES,
  strategiesOrDefault,
} from '../../../../scheduler/placement/defaults.ts';
import { placeTasks } from '../../../../scheduler/placement/place-tasks.ts';
import { ZONE, aRequest, aSnapshot, anInstance } from '../../../../fixtures/capacity.ts';

describe('strategiesOrDefault', () => {
  const given = [{ type: 'binpack', field: 'cpu' }] as const;
  it('keeps the given strategies', () => {
    expect(strategiesOrDefault('service', given)).toBe(given);
    expect(strategiesOrDefault('RunTask', given)).toBe(given);
  });

  it('falls back to ECS’s defaults', () => {
    expect(strategiesOrDefault('service', [])).toEqual([
      { type: 'spread', field: 'attribute:ecs.availability-zone' },
      { type: 'spread', field: 'instanceId' },
    ]);
    expect(strategiesOrDefault('RunTask', [])).toEqual([{ type: 'random' }]);
  });

  it.each([[DEFAULT_SERVICE_STRATEGIES], [DEFAULT_RUN_TASK_STRATEGIES]])(
    'accepts its own defaults: %o',
    (strategies) => {
      expect(() => checkPlacement([], strategies)).not.toThrow();
    },
  );

  it('places six tasks of a service on three zones of two instances: one each', () => {
    const rows = ['a', 'b', 'c'].flatMap((zone) =>
      [1, 2].map((n) => anInstance(`${zone}${n}`, { attributes: { [ZONE]: zone } })),
    );
    const request = aRequest({ count: 6, strategies: strategiesOrDefault('service', []) });
    const ids = placeTasks(request, aSnapshot(rows), 3).placed.map(({ containerInstanceId }) => containerInstanceId);
    expect([...ids].sort()).toEqual(['a1', 'a2', 'b1', 'b2', 'c1', 'c2']);
    expect(new Set(ids.slice(0, 3).map((id) => id[0]))).toEqual(new Set(['a', 'b', 'c']));
  });
});
