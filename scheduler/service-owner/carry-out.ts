/** Makes the plan of a service and carries it out: the one place where a plan changes the state. */
import { stopTasks } from '../owner/change-tasks.ts';
import type { Given } from '../owner/effects.ts';
import { onInstance } from '../owner/owned-task.ts';
import { rollsBack, settleDeployments } from '../rollout/settle-deployments.ts';
import type { ServicePlan } from '../service/types.ts';
import type { ServiceState } from '../service/state.ts';
import { daemonText, lookBegun, lookNeed, sorted } from './daemon.ts';
import { lose, planned, rest, settled } from './decisions.ts';
import { withoutUnusedDefinitions } from './deploy.ts';
import type { ServiceEffect, ServiceFacts, ServiceNeed, ServiceReduced } from './inputs.ts';
import { planWhole, type WholePlan } from './plan.ts';
import { tell, writeRow } from './record.ts';
import { instanceNeed } from './snapshot.ts';
import { changing, inTurn, type Step } from './steps.ts';

/** A round begins: what changes from here on asks for another one. */
export const roundBegins = (state: ServiceState): ServiceState => ({ ...state, run: { ...state.run, changed: false } });

/**
 * The plan on the facts so far, carried out, with the starts among its effects. Or the fact that it needs first: nothing has
 * changed then. Only the zones are asked for by a plan that is carried out: with them, the rest of the plan is made.
 */
export function plan(before: ServiceState, facts: ServiceFacts, given: Given): ServiceReduced {
  const instances = facts.instances === undefined ? instanceNeed(before) : undefined;
  if (instances !== undefined) return asks(before, { kind: 'instances', request: instances });
  const look = lookNeed(before, given.now);
  if (look !== undefined) return asks(lookBegun(before), look);
  const state = withoutDrained(sorted(before));
  // How many instances should have a task is what a DAEMON service desires; what it has seen of them is on record, too.
  const seesOther = state.definition !== before.definition || daemonText(state) !== state.run.daemon.told;
  const whole = planWhole(state, facts, given.now);
  const reduced = inTurn(
    state,
    (s) => (seesOther ? writeRow(s) : { state: s, effects: [] }),
    (s) => carryOut(s, whole, { continues: facts.zones !== undefined, given }),
  );
  return { ...reduced, plan: whole.plan };
}

const asks = (state: ServiceState, need: ServiceNeed): Step => ({ state, effects: [{ kind: 'need', need }] });

/** An instance without tasks of the service has drained. It may be ACTIVE again unnoticed: what is placed on it will stay. */
function withoutDrained(state: ServiceState): ServiceState {
  const left = state.drainingInstanceIds.filter((id) => onInstance(state.tasks, id).length > 0);
  return left.length === state.drainingInstanceIds.length ? state : { ...state, drainingInstanceIds: left };
}

interface Carrying {
  /** The first part of the plan was carried out before its zones were known. */
  readonly continues: boolean;
  readonly given: Given;
}

function carryOut(before: ServiceState, whole: WholePlan, { continues, given }: Carrying): Step {
  const { plan: current, snapshot, need } = whole;
  const starts = need === undefined ? current.start : [];
  return inTurn(
    before,
    (s) => (continues ? { state: s, effects: [] } : planned(s, snapshot, withoutMoves(current), given)),
    changing((s) => settled(withDeployments(s, current, given))),
    (s) => stop(s, current, given),
    changing((s) => withValues(s, whole)),
    (s) => tell(s, current, starts.length === 0 && !isIdle(current)),
    changing((s) => (need === undefined && !whole.moves && !s.run.changed ? rest(s, current) : s)),
    (s) => ({ state: s, effects: orders(whole, starts) }),
  );
}

/** Moves say for themselves why they start. */
const withoutMoves = (plan: ServicePlan): ServicePlan => ({
  ...plan,
  start: plan.start.filter(({ zone }) => zone === undefined),
});

function withDeployments(
  state: ServiceState,
  { deployments, serviceDeployments }: ServicePlan,
  { now }: Given,
): ServiceState {
  const settledNow = settleDeployments(state, deployments, now);
  return {
    ...(deployments.length === 0 ? settledNow : withoutUnusedDefinitions(settledNow)),
    // After a rollback nothing that was refused before counts.
    ...(rollsBack(deployments) ? { placement: { refusals: 0 } } : {}),
    ...(serviceDeployments === undefined ? {} : { serviceDeployments }),
  };
}

function stop(before: ServiceState, { stop: stops }: ServicePlan, { now }: Given): Step {
  const wrongImage = stops.flatMap(({ taskId, because }) => {
    const task = because === 'otherImage' ? before.tasks.get(taskId) : undefined;
    return task === undefined ? [] : [task];
  });
  const { tasks, effects } = stopTasks(
    before.tasks,
    stops.map(({ taskId, stopCode, stoppedReason }) => ({ taskId, reason: { stopCode, stoppedReason } })),
    now,
  );
  return { state: lose({ ...before, tasks }, wrongImage), effects };
}

/** The plan's values for the members that only plans change. */
function withValues(state: ServiceState, { plan: current, balance, comparedZones }: WholePlan): ServiceState {
  const { steadySince: _since, movingIds: _moving, balance: _balance, ...kept } = state;
  const { steadySince, movingIds, notedAt, wakeAt, waitingFor, becomesInactive } = current;
  const { wakeAt: _wakeAt, ...run } = state.run;
  return {
    ...kept,
    ...(becomesInactive ? { status: 'INACTIVE' as const } : {}),
    ...(steadySince === undefined ? {} : { steadySince }),
    ...(movingIds === undefined ? {} : { movingIds }),
    ...(balance === undefined ? {} : { balance }),
    notedAt,
    run: { ...run, comparedZones, waitingFor, ...(wakeAt === undefined ? {} : { wakeAt }) },
  };
}

function orders({ plan: { bounds }, need }: WholePlan, starts: ServicePlan['start']): readonly ServiceEffect[] {
  if (need !== undefined) return [{ kind: 'need', need }];
  return starts.map((start, i) => ({ kind: 'start', start, bounds, isLast: i === starts.length - 1 }));
}

const isIdle = (current: ServicePlan): boolean =>
  current.start.length + current.stop.length + current.deployments.length + current.events.length === 0 &&
  current.serviceDeployments === undefined &&
  !current.becomesInactive;
