/** Plans that rebalance a service over zones. */
import { describe, expect, it } from 'vitest';
import { FRUITLESS_RETRY_MS, NO_MOVE_RETRY_MS, planRebalance } from '../../../../scheduler/rebalance/plan-rebalance.ts';
import type { BalanceState } from '../../../../scheduler/service/types.ts';
import { aDeployment, aSnapshot, aTask, NOW } from '../../../support/service-builders.ts';

const deployment = aDeployment();
const { deploymentId } = deployment;
const ROOMS = [
  { zone: 'a', room: 10 },
  { zone: 'b', room: 10 },
];

/** A steady service with these tasks per zone, `a` first. */
const serviceOf = (counts: readonly number[], balance?: BalanceState, protectedUntil = 0) =>
  aSnapshot({
    definition: { desiredCount: counts.reduce((sum, n) => sum + n, 0), maximumPercent: 200 },
    deployments: [deployment],
    tasks: counts.flatMap((count, zone) =>
      Array.from({ length: count }, (_, i) =>
        aTask(`t-${zone}-${i}`, { deploymentId, availabilityZone: 'ab'.charAt(zone), protectedUntil }),
      ),
    ),
    ...(balance === undefined ? {} : { balance }),
  });
const moving = (fruitless: number): BalanceState => ({ deploymentId, needed: 2, moving: true, fruitless });
const actionsOf = ({ actions }: ReturnType<typeof planRebalance>) => actions.map(({ eventName }) => eventName);

describe('planRebalance', () => {
  it('starts tasks in the emptiest zones, and says so once', () => {
    const first = planRebalance(serviceOf([4, 0]), ROOMS, NOW);
    expect(first.start).toMatchObject([{ deploymentId, zone: 'b', count: 2 }]);
    expect(first.balance).toEqual({ deploymentId, needed: 2, moving: true, fruitless: 0 });
    expect([first.events.length, actionsOf(first)]).toEqual([1, ['SERVICE_REBALANCING_STARTED']]);
    const goesOn = planRebalance(serviceOf([5, 2], { ...moving(0), needed: 3 }), ROOMS, NOW);
    expect(goesOn.start).toMatchObject([{ zone: 'b', count: 1 }]);
    expect([goesOn.events, goesOn.actions]).toEqual([[], []]);
  });

  it('is done when no two zones differ by more than one', () => {
    const done = planRebalance(serviceOf([2, 1], moving(0)), ROOMS, NOW);
    expect([done.start, done.balance, actionsOf(done)]).toEqual([[], undefined, ['SERVICE_REBALANCING_COMPLETED']]);
    expect(planRebalance(serviceOf([2, 1]), ROOMS, NOW)).toEqual({ start: [], events: [], actions: [] });
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 9])('waits ever longer after moves without effect: %i times before', (before) => {
    const plan = planRebalance(serviceOf([4, 0], moving(before)), ROOMS, NOW);
    const wait = FRUITLESS_RETRY_MS[Math.min(before, FRUITLESS_RETRY_MS.length - 1)]!;
    expect(plan.start).toEqual([]);
    expect(plan.balance).toMatchObject({ moving: false, fruitless: before + 1, retryAt: NOW + wait });
    expect(actionsOf(plan)).toEqual(['SERVICE_REBALANCING_STOPPED']);
    expect(planRebalance(serviceOf([4, 0], plan.balance), ROOMS, NOW + wait - 1).start).toEqual([]);
    const again = planRebalance(serviceOf([4, 0], plan.balance), ROOMS, NOW + wait);
    expect([again.start.length, again.balance?.fruitless]).toEqual([1, before + 1]);
  });

  it('resets the count once moves have improved the balance', () => {
    const plan = planRebalance(serviceOf([4, 1], { ...moving(3), needed: 2 }), ROOMS, NOW);
    expect(plan.balance).toMatchObject({ needed: 1, moving: true, fruitless: 0 });
  });

  it.each([
    ['the other zone has no room', serviceOf([4, 0]), [ROOMS[0]!, { zone: 'b', room: 0 }]],
    ['all that could move is protected', serviceOf([4, 0], undefined, NOW + 1), ROOMS],
  ])('waits without an event if %s', (_why, snapshot, rooms) => {
    const plan = planRebalance(snapshot, rooms, NOW);
    expect(plan).toMatchObject({ start: [], events: [], actions: [] });
    expect(plan.balance).toMatchObject({ moving: false, retryAt: NOW + NO_MOVE_RETRY_MS });
  });
});
