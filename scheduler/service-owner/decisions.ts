/** What a service leaves on record: who asked for what, why tasks start and stop, what it waits for. */
import { describeChanges } from '../../model/decision-changes.ts';
import type { CallCause, DecisionCause, DecisionDraft, DecisionReason, StopReasonCode } from '../../model/decision.ts';
import { groupBy } from '../../model/group-by.ts';
import { holdsUp, planDecisions, reasonsOf, waitDecision } from '../decisions/plan-decisions.ts';
import { describeRequest } from '../owner/asked.ts';
import { withCause } from '../owner/causes.ts';
import { makeDecision, recordDecision, standDecision, type StandingDraft } from '../owner/decision-log.ts';
import type { Given, OwnerDecision, Reduced } from '../owner/effects.ts';
import type { PlacementExplanation } from '../../model/decision.ts';
import type { Task } from '../../model/task.ts';
import type { PlacementRequest, Refusal } from '../placement/types.ts';
import type { ServicePlan, ServiceSnapshot, StartDecision } from '../service/types.ts';
import type { ServiceOwnedTask, ServiceState, Wanted } from '../service/state.ts';
import { wantedOf } from './deploy.ts';
import type { PlacedStart, ServiceEffect } from './inputs.ts';

type Step = Reduced<ServiceState, ServiceEffect>;

/** The next decisions follow from these, too. */
export const hear = (state: ServiceState, ...causes: readonly DecisionCause[]): ServiceState =>
  causes.length === 0 ? state : { ...state, heard: causes.reduce(withCause, state.heard) };

/** A decision of the service; `causes`: instead of what was heard. */
export const record = (
  state: ServiceState,
  draft: DecisionDraft,
  given: Given,
  causes: readonly DecisionCause[] = state.heard,
): ServiceEffect => recordDecision(ofService(state, draft), causes, given);

const ofService = ({ definition }: ServiceState, draft: DecisionDraft): DecisionDraft => ({
  serviceName: definition.serviceName,
  ...draft,
});

const flat = ({ definition, taskDefinitionArn, status }: Wanted): object => {
  const { tags: _tags, serviceName: _name, clusterName: _cluster, ...rest } = definition;
  return { status, taskDefinition: taskDefinitionArn, ...rest };
};

/** A call has changed what is wanted; `more`: what it did beyond the service's definition. */
export function called(
  before: ServiceState,
  { cause, more = {} }: { readonly cause: CallCause | undefined; readonly more?: Partial<DecisionDraft> },
  given: Given,
): Step {
  const wanted = wantedOf(before);
  const { deploymentId } = wanted;
  const earlier = before.run.wanted;
  const causes = cause === undefined ? [] : [cause];
  const state = hear({ ...before, run: { ...before.run, wanted } }, ...causes);
  const draft: DecisionDraft = {
    reasons: [{ reason: 'called', count: 1 }],
    ...(deploymentId === earlier.deploymentId || deploymentId === undefined ? {} : { deploymentId }),
    tasks: [],
    ...more,
    changes: { ...describeChanges(flat(earlier), flat(wanted)), ...more.changes },
  };
  return { state, effects: [record(state, draft, given, causes)] };
}

/** What calls changed is on record, what plans changed is not theirs: later calls are compared with this. */
export const settled = (state: ServiceState): ServiceState => ({
  ...state,
  run: { ...state.run, wanted: wantedOf(state) },
});

/** These stopped without the scheduler's doing: the next starts of their deployments take their places. */
export function lose(state: ServiceState, tasks: readonly ServiceOwnedTask[]): ServiceState {
  if (tasks.length === 0) return state;
  const lost = { ...state.lost };
  for (const { taskId, deploymentId } of tasks) lost[deploymentId] = [...(lost[deploymentId] ?? []), taskId];
  return { ...state, lost };
}

/** For the snapshot of a plan. */
export const lostCounts = ({ lost = {} }: ServiceState): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(lost).map(([id, taskIds]) => [id, taskIds.length]));

/** Tasks that stop for a reason of their own, not by the plan's count: the plan sees to others. */
export function stoppedApart(
  before: ServiceState,
  tasks: readonly ServiceOwnedTask[],
  {
    reason,
    stoppedReason,
    causes,
  }: { readonly reason: StopReasonCode; readonly stoppedReason: string; readonly causes: readonly DecisionCause[] },
  given: Given,
): Step {
  const state = lose(before, tasks);
  const effects = [...groupBy(tasks, (task) => task.deploymentId)].map(([deploymentId, own]) =>
    record(
      state,
      {
        reasons: [{ reason, count: own.length }],
        deploymentId,
        tasks: own.map(({ taskId, containerInstanceId }) => ({ taskId, containerInstanceId })),
        facts: { stoppedReason },
      },
      given,
      causes,
    ),
  );
  return { state, effects };
}

/** Stops, decisions on deployments and waits of a plan, before it is carried out. */
export function planned(before: ServiceState, snapshot: ServiceSnapshot, plan: ServicePlan, given: Given): Step {
  const drafts = planDecisions(snapshot, plan);
  const isIdle = plan.start.length === 0 && (drafts.length === 0 || plan.waits.length === 0);
  const state = { ...before, run: { ...before.run, isIdle } };
  const effects = drafts.map((draft) => record(state, draft, given));
  // What is started now says for itself how it went; the wait before it stands on.
  if (plan.start.length > 0) return { state, effects };
  const waits = waitDecision(snapshot, plan);
  const key = waits?.reasons.map(({ reason }) => reason).join() ?? '';
  const stands = stand(state, 'wait', waits && { ...waits, key, urgent: holdsUp(plan) }, given);
  return { state: stands.state, effects: [...effects, ...stands.effects] };
}

/** The plan is carried out and nothing has changed meanwhile: what was heard before has had its effect. */
export function rest(state: ServiceState, plan: ServicePlan): ServiceState {
  if (!state.run.isIdle) return state;
  const rested = { ...state, heard: [] };
  if (holdsUp(plan)) return rested;
  const { lost: _lost, ...others } = rested;
  return others;
}

/** Tasks that are about to be reserved for a start. */
export interface StartAttempt {
  readonly start: StartDecision;
  readonly request: PlacementRequest;
  readonly bounds: ServicePlan['bounds'];
  readonly tasks: readonly Task[];
  /** Tasks of the same start that were placed before. */
  readonly placed: number;
  /** Absent where the places were given. */
  readonly explanation?: PlacementExplanation;
}

/** The decision that goes into the store with the reservation of its tasks. */
export function startDecision(state: ServiceState, attempt: StartAttempt, given: Given): OwnerDecision {
  const { start, request, bounds, tasks, placed, explanation } = attempt;
  const { deploymentId, because, replaces } = start;
  const replaced = [...replaces, ...(state.lost?.[deploymentId] ?? [])].slice(placed);
  const draft: DecisionDraft = {
    reasons: reasonsOf(because, placed, tasks.length),
    deploymentId,
    tasks: tasks.map((task, i) => decidedTask(task, replaced[i])),
    asked: describeRequest(request, request.count - placed),
    ...(explanation === undefined ? {} : { placement: explanation }),
    bounds,
  };
  return makeDecision(ofService(state, draft), state.heard, given);
}

const decidedTask = ({ taskId, containerInstanceId }: Task, replaces: string | undefined) => ({
  taskId,
  ...(containerInstanceId === undefined ? {} : { containerInstanceId }),
  ...(replaces === undefined ? {} : { replaces }),
});

/** `count` tasks of the start hold their places: those whose places they take are lost no more. */
export function started(state: ServiceState, { deploymentId, replaces }: StartDecision, count: number): ServiceState {
  const { [deploymentId]: lost = [], ...others } = state.lost ?? {};
  const left = lost.slice(Math.max(0, count - replaces.length));
  return { ...state, lost: left.length === 0 ? others : { ...others, [deploymentId]: left } };
}

/** Some tasks of a start found no place, nor one to wait in. */
export function notPlaced(state: ServiceState, placed: PlacedStart, given: Given): Step {
  const { start, request, tasks, refusal, beyondQuota, explanation } = placed;
  if (refusal === undefined && beyondQuota === 0) return stand(state, 'noPlace', undefined, given);
  const { deploymentId } = start;
  const count = request.count - tasks.length;
  const reason = refusal?.reason ?? 'PROVISIONING';
  const { retryAt } = state.placement;
  const draft = {
    reasons: [{ reason: refusalReason(refusal), count }],
    deploymentId,
    tasks: [],
    asked: describeRequest(request, count),
    ...(explanation === undefined ? {} : { placement: explanation }),
    ...(retryAt === undefined ? {} : { until: retryAt }),
    facts: { reason },
    key: `${deploymentId} ${reason}`,
    urgent: true,
  };
  return stand(state, 'noPlace', draft, given);
}

/** Without a refusal it is the quota. */
function refusalReason(refusal: Refusal | undefined): DecisionReason {
  if (refusal === undefined) return 'provisioningQuota';
  return refusal.contested === true ? 'contested' : 'refused';
}

function stand(state: ServiceState, kind: 'wait' | 'noPlace', draft: StandingDraft | undefined, given: Given): Step {
  const { [kind]: standing, ...others } = state.standing ?? {};
  if (draft === undefined) return { state: { ...state, standing: others }, effects: [] };
  const named = { ...draft, serviceName: state.definition.serviceName };
  const stands = standDecision(named, standing, { causes: state.heard, given });
  return { state: { ...state, standing: { ...others, [kind]: stands.standing } }, effects: stands.effects };
}
