/** Rebalances a steady service over availability zones: what to start where, which events to write, when to look again. Pure. */
import type { ServiceAction } from '../../model/service-action.ts';
import type { EpochMs } from '../../model/time.ts';
import { serviceBounds } from '../service/bounds.ts';
import { isProtected } from '../service/protection.ts';
import type { BalanceState, ServiceSnapshot, StartDecision } from '../service/types.ts';
import { movesNeeded, planMoves, tasksByZone, type ZoneLoad, type ZoneMove } from './plan-moves.ts';
import { azBalanced, notAzBalanced } from './texts.ts';
import type { ZoneRoom } from './zone-room.ts';

/** No room, or only protected tasks to move: look again after this long, or when an instance appears. */
export const NO_MOVE_RETRY_MS = 5 * 60_000;
/** The waits after moves without effect (for instance of tasks that never become healthy), by how often in a row. */
export const FRUITLESS_RETRY_MS: readonly number[] = [1, 2, 5, 10, 30, 60].map((minutes) => minutes * 60_000);

export interface RebalancePlan {
  readonly start: readonly StartDecision[];
  /** The next state; undefined: the service is balanced. */
  readonly balance?: BalanceState;
  readonly events: readonly string[];
  readonly actions: readonly ServiceAction[];
}

const NOTHING = { start: [], events: [], actions: [] } as const;

/**
 * What to do for a steady service that may rebalance. `rooms`: the zones that it can use. Started tasks go beyond the
 * desired count, never above `upper`; planService stops as many others once they are healthy. Moves without effect are
 * repeated after ever longer waits, so that the service comes to rest.
 */
export function planRebalance(snapshot: ServiceSnapshot, rooms: readonly ZoneRoom[], now: EpochMs): RebalancePlan {
  const { definition, tasks, balance } = snapshot;
  const { serviceName } = definition;
  const deploymentId = snapshot.deployments[0]?.deploymentId ?? '';
  const counts = tasksByZone(
    rooms.map(({ zone }) => zone),
    tasks,
  );
  const needed = movesNeeded([...counts.values()]);
  if (needed === 0) return balance === undefined ? NOTHING : completed(azBalanced(serviceName, counts));
  if (balance?.retryAt !== undefined && balance.retryAt > now) return { ...NOTHING, balance };
  const came = { deploymentId, needed, moving: false, fruitless: 0 };
  if (balance?.moving === true && needed >= balance.needed) {
    const fruitless = balance.fruitless + 1;
    const wait = FRUITLESS_RETRY_MS[Math.min(fruitless, FRUITLESS_RETRY_MS.length) - 1] ?? NO_MOVE_RETRY_MS;
    return stopped({ ...came, fruitless, retryAt: now + wait });
  }
  const { upper } = serviceBounds(definition.desiredCount, definition);
  const limit = Math.max(0, upper - tasks.length);
  const moves = planMoves(loadsOf(snapshot, rooms, { counts, now }), { limit, seed: snapshot.seed ?? '' });
  // Moves that improved the balance reset the count.
  const fruitless = balance === undefined || balance.moving ? 0 : balance.fruitless;
  if (moves.length === 0) {
    const waiting = { ...came, fruitless, retryAt: now + NO_MOVE_RETRY_MS };
    return balance?.moving === true ? stopped(waiting) : { ...NOTHING, balance: waiting };
  }
  const goesOn = balance?.moving === true;
  return {
    start: moves.map((move) => startOf(deploymentId, move)),
    balance: { ...came, moving: true, fruitless },
    events: goesOn ? [] : [notAzBalanced(serviceName, counts)],
    actions: goesOn ? [] : [{ eventName: 'SERVICE_REBALANCING_STARTED' }],
  };
}

const completed = (message: string): RebalancePlan => ({
  ...NOTHING,
  events: [message],
  actions: [{ eventName: 'SERVICE_REBALANCING_COMPLETED' }],
});

const stopped = (balance: BalanceState): RebalancePlan => ({ ...NOTHING, balance, actions: [REBALANCING_STOPPED] });

/** A deployment, protection or lack of room ended the rebalancing before the zones were level. */
export const REBALANCING_STOPPED: ServiceAction = { eventName: 'SERVICE_REBALANCING_STOPPED' };

const startOf = (deploymentId: string, { zone, count }: ZoneMove): StartDecision => ({
  deploymentId,
  count,
  replaces: [],
  because: [{ reason: 'rebalance', count }],
  zone,
});

function loadsOf(
  { tasks }: ServiceSnapshot,
  rooms: readonly ZoneRoom[],
  { counts, now }: { readonly counts: ReadonlyMap<string, number>; readonly now: EpochMs },
): readonly ZoneLoad[] {
  const movable = tasksByZone(
    [...counts.keys()],
    tasks.filter((task) => !isProtected(task, now)),
  );
  return rooms.map(({ zone, room }) => ({
    zone,
    room,
    tasks: counts.get(zone) ?? 0,
    movable: movable.get(zone) ?? 0,
  }));
}
