/** Looks, once a service is steady, whether its tasks are balanced over availability zones. Decisions are the core's. */
import type { ServiceAction } from '../../model/service-action.ts';
import type { EpochMs } from '../../model/time.ts';
import { isRebalanced } from '../../model/zone-rebalancing.ts';
import { eligibleProviders } from '../../scheduler/capacity/assign-providers.ts';
import { NO_MOVE_RETRY_MS, planRebalance, REBALANCING_STOPPED } from '../../scheduler/rebalance/plan-rebalance.ts';
import type { RebalancePlan } from '../../scheduler/rebalance/plan-rebalance.ts';
import { movesNeeded, tasksByZone } from '../../scheduler/rebalance/plan-moves.ts';
import { joinRooms, zoneRooms, type ZoneRoom } from '../../scheduler/rebalance/zone-room.ts';
import type { Control } from '../owner/control.ts';
import type { ServiceSnapshot } from '../../scheduler/service/types.ts';
import { snapshotRequest } from '../owner/place.ts';
import type { ServiceState } from '../state.ts';
import { deploymentRequest } from './start-tasks.ts';

export type RebalanceStep = Pick<RebalancePlan, 'start' | 'events' | 'actions'>;

const nothing = (actions: readonly ServiceAction[]): RebalanceStep => ({ start: [], events: [], actions });

export class Rebalancing {
  readonly #state: ServiceState;
  readonly #control: Control;
  /** Since the service became steady, or an instance came. */
  #looked = false;

  constructor(state: ServiceState, control: Control) {
    this.#state = state;
    this.#control = control;
  }

  /** Look again at this time even if nothing is heard. */
  get wakeAt(): EpochMs | undefined {
    return this.#state.steadySince === undefined ? undefined : this.#state.balance?.retryAt;
  }

  /** An instance came: it may be in a zone that the service is to be in. True when that asks for another look. */
  instanceCame(): boolean {
    this.#looked = false;
    const { balance, steadySince, definition } = this.#state;
    // Moves that came to nothing keep their waits: they did not fail for lack of room.
    if (balance?.retryAt !== undefined && balance.fruitless === 0) {
      const { retryAt: _retryAt, ...rest } = balance;
      this.#state.balance = rest;
    }
    return steadySince !== undefined && isRebalanced(definition);
  }

  /**
   * What to do now. A service whose zones are alike costs one small query each time it becomes steady; the instances are
   * loaded only when they are not. `isCurrent` is asked after each wait: what was found out may be out of date.
   */
  async look(snapshot: ServiceSnapshot, isCurrent: () => boolean): Promise<RebalanceStep> {
    const state = this.#state;
    const ended = this.#endedByOthers();
    if (!this.#isDue()) return nothing(ended);
    const plan = await this.#plan({ ...snapshot, ...(state.balance ? { balance: state.balance } : {}) }, isCurrent);
    if (plan === undefined) return nothing(ended);
    this.#looked = true;
    if (plan.balance === undefined) delete state.balance;
    else state.balance = plan.balance;
    return { ...plan, actions: [...ended, ...plan.actions] };
  }

  /** The moves were started. When not one of them found a place, the next look has time. */
  carriedOut(): void {
    const { balance, movingIds } = this.#state;
    if (balance?.moving !== true || movingIds !== undefined || this.#state.steadySince === undefined) return;
    this.#state.balance = { ...balance, moving: false, retryAt: Date.now() + NO_MOVE_RETRY_MS };
  }

  /** A new deployment, or a definition that excludes it, ends a rebalancing. */
  #endedByOthers(): readonly ServiceAction[] {
    const { balance, deployments, definition } = this.#state;
    if (balance === undefined) return [];
    if (balance.deploymentId === deployments[0]?.deploymentId && isRebalanced(definition)) return [];
    delete this.#state.balance;
    return balance.moving ? [REBALANCING_STOPPED] : [];
  }

  #isDue(): boolean {
    const { definition, steadySince, balance } = this.#state;
    if (steadySince === undefined) this.#looked = false;
    if (steadySince === undefined || !isRebalanced(definition)) return false;
    if (!this.#looked || balance?.moving === true) return true;
    return balance?.retryAt !== undefined && balance.retryAt <= Date.now();
  }

  async #plan(snapshot: ServiceSnapshot, isCurrent: () => boolean): Promise<RebalancePlan | undefined> {
    const { clusterName, desiredCount } = snapshot.definition;
    const zones = await this.#control.read((activities) => activities.listZones({ clusterName }));
    if (!isCurrent()) return undefined;
    if (isLevel(zones, snapshot)) return planRebalance(snapshot, withoutRoom(zones), Date.now());
    const [primary] = this.#state.deployments;
    if (!primary) return undefined;
    const { deploymentId, capacityProviderStrategy: strategy } = primary;
    const groups: (readonly ZoneRoom[])[] = [];
    // Instances that none of its providers has are no place for its tasks.
    for (const provider of strategy === undefined ? [undefined] : eligibleProviders(strategy)) {
      const request = deploymentRequest(this.#state, deploymentId, 1, provider);
      const capacity = await this.#control.read((activities) =>
        activities.snapshotCapacity(snapshotRequest(clusterName, request)),
      );
      if (!isCurrent()) return undefined;
      groups.push(zoneRooms(request, capacity, desiredCount));
    }
    return planRebalance(snapshot, joinRooms(groups), Date.now());
  }
}

/** Alike over all zones of the cluster: then they are over those of them that the service can be in, too. */
function isLevel(zones: readonly string[], { tasks }: ServiceSnapshot): boolean {
  const counts = [...tasksByZone(zones, tasks).values()];
  return counts.reduce((sum, count) => sum + count, 0) === tasks.length && movesNeeded(counts) === 0;
}

/** Nothing is to be moved: how much room there is does not matter. */
const withoutRoom = (zones: readonly string[]) => zones.map((zone) => ({ zone, room: 0 }));
