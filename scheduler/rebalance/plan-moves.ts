/** How many tasks to start in which zone, so that a service's zones differ by one task at most. Pure. */
import type { ServiceTask } from '../service/types.ts';
import { textHash } from '../tasks/text-hash.ts';

/** One zone of a service, for planning moves. */
export interface ZoneLoad {
  readonly zone: string;
  readonly tasks: number;
  /** Tasks that may stop here; protected tasks may not. */
  readonly movable: number;
  /** How many more tasks fit now. */
  readonly room: number;
}

/** Start this many tasks in the zone; once they are healthy, as many stop in the fullest zones. */
export interface ZoneMove {
  readonly zone: string;
  readonly count: number;
}

/** How many tasks are in the wrong zone, if no two zones may differ by more than one. */
export function movesNeeded(counts: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const floor = Math.floor(total / Math.max(counts.length, 1));
  // The fullest zones keep the extra task.
  const larger = total - floor * counts.length;
  const surplus = (count: number, place: number): number => Math.max(0, count - floor - (place < larger ? 1 : 0));
  return [...counts].sort((a, b) => b - a).reduce((sum, count, place) => sum + surplus(count, place), 0);
}

/**
 * At most `limit` moves, one after the other, from the fullest zone with a task that may stop to the emptiest with room,
 * each only if it brings the two closer. `seed` decides between equal zones.
 */
export function planMoves(
  loads: readonly ZoneLoad[],
  { limit, seed }: { readonly limit: number; readonly seed: string },
): readonly ZoneMove[] {
  const zones = loads.map((load) => ({ ...load, started: 0, lot: textHash(`${seed}/${load.zone}`) }));
  zones.sort((a, b) => a.lot - b.lot || (a.zone < b.zone ? -1 : 1));
  for (let moved = 0; moved < limit; moved++) {
    const emptiest = first(
      zones,
      ({ room }) => room > 0,
      ({ tasks }) => tasks,
    );
    const fullest = first(
      zones,
      ({ movable }) => movable > 0,
      ({ tasks }) => -tasks,
    );
    if (!emptiest || !fullest || fullest.tasks - emptiest.tasks < 2) break;
    emptiest.tasks += 1;
    emptiest.room -= 1;
    emptiest.started += 1;
    fullest.tasks -= 1;
    fullest.movable -= 1;
  }
  const moves = zones.map(({ zone, started }) => ({ zone, count: started })).filter(({ count }) => count > 0);
  return moves.sort((a, b) => (a.zone < b.zone ? -1 : 1));
}

/** Of the zones that qualify, the first with the lowest rank. */
function first<T>(zones: readonly T[], qualifies: (zone: T) => boolean, rank: (zone: T) => number): T | undefined {
  let best: T | undefined;
  for (const zone of zones) if (qualifies(zone) && (best === undefined || rank(zone) < rank(best))) best = zone;
  return best;
}

/** How many tasks there are in each of the zones; tasks elsewhere do not count. */
export function tasksByZone(
  zones: readonly string[],
  tasks: readonly Pick<ServiceTask, 'availabilityZone'>[],
): ReadonlyMap<string, number> {
  const counts = new Map(zones.map((zone) => [zone, 0]));
  for (const { availabilityZone = '' } of tasks) {
    const count = counts.get(availabilityZone);
    if (count !== undefined) counts.set(availabilityZone, count + 1);
  }
  return counts;
}
