/** The whole plan of a service: its kind's planner, tasks with another image, spot interruptions and rebalancing in one. Pure. */
import type { EpochMs } from '../../model/time.ts';
import { isRebalanced } from '../../model/zone-rebalancing.ts';
import { eligibleProviders } from '../capacity/assign-providers.ts';
import { planRebalance, REBALANCING_STOPPED } from '../rebalance/plan-rebalance.ts';
import { movesNeeded, tasksByZone } from '../rebalance/plan-moves.ts';
import { withSpotInterruption } from '../reconcile/spot-interruption.ts';
import { settleDeployments } from '../rollout/settle-deployments.ts';
import { scalingStopReason } from '../service/event-text.ts';
import type { BalanceState, ServicePlan, ServiceSnapshot, ServiceTask, StopDecision } from '../service/types.ts';
import type { ServiceState } from '../service/state.ts';
import type { ServiceFacts, ServiceNeed } from './inputs.ts';
import { snapshotOf } from './snapshot.ts';
import { planByKind } from './plan-by-kind.ts';
import { deploymentRequest } from './start-request.ts';

/** What to do now for a service of any kind, and the fact that is missing to plan its rebalancing. */
export interface WholePlan {
  /** As the plan saw the service. */
  readonly snapshot: ServiceSnapshot;
  readonly plan: ServicePlan;
  /** The next value of the state's `balance`; absent: balanced. */
  readonly balance?: BalanceState;
  readonly comparedZones: boolean;
  /** The plan starts tasks to move them to other zones. */
  readonly moves: boolean;
  readonly need?: ServiceNeed;
}

/** The plan on these facts. While a fact is missing, all but the rebalancing is planned. */
export function planWhole(state: ServiceState, facts: ServiceFacts, now: EpochMs): WholePlan {
  const snapshot = withoutOtherImages(snapshotOf(state, facts.instances));
  const planned = planByKind(snapshot.rest, now);
  const stops = withSpotInterruption(planned.stop, snapshot.rest.tasks, state.interruptedInstanceIds ?? []);
  const plan = { ...planned, stop: [...snapshot.stops, ...stops] };
  return withRebalancing(state, { snapshot: snapshot.rest, plan }, facts, now);
}

/** Tasks with another image than their deployment's stop now; the rest of the plan takes them for stopped, and sees to others. */
function withoutOtherImages(snapshot: ServiceSnapshot): {
  readonly rest: ServiceSnapshot;
  readonly stops: readonly StopDecision[];
} {
  const wrong = snapshot.tasks.filter((task) => task.hasOtherImage === true && task.desiredStatus === 'RUNNING');
  if (wrong.length === 0) return { rest: snapshot, stops: [] };
  const ids = new Set(wrong.map(({ taskId }) => taskId));
  const lostTasks = { ...snapshot.lostTasks };
  for (const { deploymentId } of wrong) lostTasks[deploymentId] = (lostTasks[deploymentId] ?? 0) + 1;
  const tasks = snapshot.tasks.map((task): ServiceTask =>
    ids.has(task.taskId) ? { ...task, desiredStatus: 'STOPPED', lastStatus: 'STOPPING' } : task,
  );
  const stops = wrong.map(({ taskId, deploymentId }): StopDecision => ({
    taskId,
    stopCode: 'ServiceSchedulerInitiated',
    stoppedReason: scalingStopReason(deploymentId),
    because: 'otherImage',
  }));
  return { rest: { ...snapshot, tasks, lostTasks }, stops };
}

type Planned = Pick<WholePlan, 'snapshot' | 'plan'>;

/**
 * Once a service is steady, its tasks are balanced over availability zones. A service whose zones are alike costs one small
 * query each time it becomes steady; the instances are asked for only when they are not.
 */
function withRebalancing(
  state: ServiceState,
  { snapshot, plan }: Planned,
  facts: ServiceFacts,
  now: EpochMs,
): WholePlan {
  const { definition, deployments } = settleDeployments(snapshot, plan.deployments, now);
  const { balance: before } = state;
  const ends = before !== undefined && isEnded(before, { definition, deployments });
  const balance = ends ? undefined : before;
  const stopped = ends && before.moving ? [REBALANCING_STOPPED] : [];
  const comparedZones = plan.steadySince !== undefined && state.run.comparedZones;
  const base: WholePlan = {
    snapshot,
    plan: { ...plan, actions: [...plan.actions, ...stopped] },
    ...(balance === undefined ? {} : { balance }),
    comparedZones,
    moves: false,
  };
  if (plan.steadySince === undefined || !isRebalanced(definition)) return base;
  const due = !comparedZones || balance?.moving === true || (balance?.retryAt ?? Infinity) <= now;
  if (!due) return base;
  const { zones, rooms } = facts;
  if (zones === undefined) return { ...base, need: { kind: 'zones', clusterName: definition.clusterName } };
  const { balance: _balance, ...rest } = snapshot;
  const balanced = { ...rest, definition, deployments, ...(balance === undefined ? {} : { balance }) };
  if (isLevel(zones, snapshot)) return moved(base, planRebalance(balanced, withoutRoom(zones), now));
  if (rooms !== undefined) return moved(base, planRebalance(balanced, rooms, now));
  const requests = roomRequests({ ...state, definition, deployments });
  if (requests.length === 0) return base;
  return {
    ...base,
    need: { kind: 'rooms', clusterName: definition.clusterName, requests, most: definition.desiredCount },
  };
}

function moved(base: WholePlan, rebalance: ReturnType<typeof planRebalance>): WholePlan {
  const { balance: _balance, plan, ...rest } = base;
  return {
    ...rest,
    plan: {
      ...plan,
      start: [...plan.start, ...rebalance.start],
      events: [...plan.events, ...rebalance.events],
      actions: [...plan.actions, ...rebalance.actions],
    },
    ...(rebalance.balance === undefined ? {} : { balance: rebalance.balance }),
    comparedZones: true,
    moves: rebalance.start.length > 0,
  };
}

/** A new deployment, or a definition that excludes it, ends a rebalancing. */
const isEnded = (
  balance: BalanceState,
  { definition, deployments }: Pick<ServiceSnapshot, 'definition' | 'deployments'>,
): boolean => balance.deploymentId !== deployments[0]?.deploymentId || !isRebalanced(definition);

/** One request for each of the service's providers: instances that none of them has are no place for its tasks. */
function roomRequests(state: ServiceState) {
  const [primary] = state.deployments;
  if (!primary) return [];
  const { deploymentId, capacityProviderStrategy: strategy } = primary;
  const providers = strategy === undefined ? [undefined] : eligibleProviders(strategy);
  return providers.map((provider) => deploymentRequest(state, deploymentId, 1, provider));
}

/** Alike over all zones of the cluster: then they are over those of them that the service can be in, too. */
function isLevel(zones: readonly string[], { tasks }: ServiceSnapshot): boolean {
  const counts = [...tasksByZone(zones, tasks).values()];
  return counts.reduce((sum, count) => sum + count, 0) === tasks.length && movesNeeded(counts) === 0;
}

/** Nothing will move: how much room there is does not matter. */
const withoutRoom = (zones: readonly string[]) => zones.map((zone) => ({ zone, room: 0 }));
