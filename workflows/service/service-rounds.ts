/** Plans and acts, round after round: decisions are the core's, this carries them out and waits until there is more to decide. */
import { condition, setCurrentDetails } from '@temporalio/workflow';
import { planFor } from '../../scheduler/plan.ts';
import { withSpotInterruption } from '../../scheduler/reconcile/spot-interruption.ts';
import type { DaemonInstances, ServicePlan, ServiceSnapshot, StopDecision } from '../../scheduler/service/types.ts';
import { taskListDetails } from '../owner/details.ts';
import type { Control } from '../owner/control.ts';
import type { HostedTasks } from '../owner/hosted-tasks.ts';
import type { OwnedTasks } from '../owner/owned-tasks.ts';
import type { Provisioning } from '../owner/provisioning.ts';
import type { ServiceOwnedTask, ServiceState } from '../state.ts';
import { settleRefusals, type DaemonLookout } from './daemon-lookout.ts';
import { loadInstanceFacts, type InstanceFacts } from './instance-facts.ts';
import { forgetUnusedDefinitions } from './new-service.ts';
import { historyIsLong, untilNextPlan } from './pace.ts';
import type { Rebalancing } from './rebalancing.ts';
import type { ServiceDecisions } from './service-decisions.ts';
import { noteStartFailures, settleDeployments } from './service-record.ts';
import type { ServiceRows } from './service-rows.ts';
import { startTasks, waitEvents } from './start-tasks.ts';

/** A wake-up time that is due already must not spin the loop. */
const MIN_WAIT_MS = 50;

/** What a round looks at and acts by. */
export interface ServiceParts {
  readonly control: Control;
  readonly state: ServiceState;
  readonly hosted: HostedTasks<ServiceOwnedTask>;
  readonly provisioning: Provisioning<ServiceOwnedTask>;
  readonly decisions: ServiceDecisions;
  readonly rows: ServiceRows;
  readonly rebalancing: Rebalancing;
  /** Only a DAEMON service has one. */
  readonly lookout: DaemonLookout | undefined;
}

export class ServiceRounds {
  readonly #parts: ServiceParts;
  readonly #state: ServiceState;
  readonly #tasks: OwnedTasks<ServiceOwnedTask>;
  readonly #rows: ServiceRows;
  /** Something a plan depends on has changed since the last one. */
  #changed = true;
  #plannedAt = 0;

  constructor(parts: ServiceParts) {
    this.#parts = parts;
    this.#state = parts.state;
    this.#tasks = parts.hosted.owned;
    this.#rows = parts.rows;
  }

  /** The last plan is out of date. */
  planAgain(): void {
    this.#changed = true;
  }

  get historyIsLong(): boolean {
    return historyIsLong(this.#parts.hosted.batchesUnderWay);
  }

  /** One plan, carried out. */
  async round(): Promise<ServicePlan> {
    this.#changed = false;
    const { provisioning, decisions, hosted, rebalancing } = this.#parts;
    const state = this.#state;
    if (provisioning.dueAt !== undefined) await this.#provision();
    const facts = await loadInstanceFacts(this.#parts.control, state.definition, this.#tasks.all);
    const daemon = await this.#daemonInstances();
    const snapshot = this.#snapshot({ ...facts, ...(daemon ? { daemon } : {}) });
    this.#plannedAt = Date.now();
    const plan = this.#plan(snapshot);
    decisions.planned(snapshot, plan);
    this.#settle(plan);
    const isCurrent = (): boolean => !this.#changed;
    const moves = await rebalancing.look({ ...snapshot, ...state }, isCurrent);
    this.#rows.events(moves.events);
    this.#rows.actions(moves.actions);
    if (moves.start.length === 0 && isCurrent()) decisions.rest(plan);
    for (const decision of [...plan.start, ...moves.start]) {
      const started = await startTasks({
        control: this.#parts.control,
        state,
        tasks: this.#tasks.all,
        decisions,
        bounds: plan.bounds,
        decision,
        now: Date.now(),
      });
      hosted.start(started.tasks);
      this.#rows.events(started.events);
      this.#rows.actions(started.actions);
      this.#changed ||= started.tasks.length > 0 || started.refused;
    }
    rebalancing.carriedOut();
    if (plan.start.length + moves.start.length > 0 || !isIdle(plan)) this.#rows.write({ plansAgain: false });
    this.#show(plan);
    return plan;
  }

  /** Until there is something to plan on, or the history is long. */
  async waitForChange(plan: ServicePlan): Promise<void> {
    const { provisioning, rebalancing, decisions } = this.#parts;
    const changed = (): boolean => this.#changed || this.historyIsLong;
    const due = [plan.wakeAt, provisioning.dueAt, rebalancing.wakeAt].filter((at) => at !== undefined);
    const wakeAt = Math.min(...due);
    if (wakeAt === Infinity) await condition(changed);
    else if (!(await condition(changed, Math.max(wakeAt - Date.now(), MIN_WAIT_MS)))) decisions.hear({ kind: 'time' });
    await untilNextPlan(this.#tasks.size, this.#plannedAt);
  }

  /** Tasks that wait for capacity get it, or are ended. */
  async #provision(): Promise<void> {
    const { changed, expired, refusals } = await this.#parts.provisioning.step();
    const now = Date.now();
    this.#parts.decisions.lost(expired);
    this.#rows.impaired(noteStartFailures(this.#state, expired, now));
    this.#rows.events(waitEvents(this.#state, refusals, now));
    if (changed) this.#rows.write({ plansAgain: false });
  }

  /** How many instances are to have a task is what a DAEMON service desires. */
  async #daemonInstances(): Promise<DaemonInstances | undefined> {
    const state = this.#state;
    const { lookout } = this.#parts;
    const isActive = (): boolean => state.status === 'ACTIVE';
    if (!lookout || !isActive()) return undefined;
    const daemon = await lookout.instances(state, () => this.#tasks.all);
    // A DeleteService may have come meanwhile.
    if (!daemon || !isActive()) return undefined;
    settleRefusals(state, daemon, this.#tasks.all);
    const desiredCount = daemon.eligible.length;
    if (desiredCount !== state.definition.desiredCount) {
      state.definition = { ...state.definition, desiredCount };
      this.#rows.write({ plansAgain: false });
    }
    return daemon;
  }

  #snapshot(instances: InstanceFacts & Pick<ServiceSnapshot, 'daemon'>): ServiceSnapshot {
    const state = this.#state;
    const { refusals, retryAt = 0 } = state.placement;
    // An instance without tasks of ours has drained. It may be ACTIVE again unnoticed: what is placed on it is to stay.
    state.drainingInstanceIds = state.drainingInstanceIds.filter((id) => this.#tasks.on(id).length > 0);
    return {
      ...state,
      ...instances,
      tasks: this.#tasks.all,
      seed: state.incarnation,
      lostTasks: this.#parts.decisions.lostTasks,
      ...(refusals > 0 ? { placementRetryAt: retryAt } : {}),
    };
  }

  #plan(snapshot: ServiceSnapshot): ServicePlan {
    const plan = planFor(snapshot, this.#plannedAt);
    const { interruptedInstanceIds = [] } = this.#state;
    return { ...plan, stop: withSpotInterruption(plan.stop, snapshot.tasks, interruptedInstanceIds) };
  }

  /** All of a plan but what it starts. */
  #settle(plan: ServicePlan): void {
    const state = this.#state;
    if (plan.deployments.length > 0) {
      settleDeployments(state, plan.deployments, Date.now());
      forgetUnusedDefinitions(state);
    }
    this.#parts.decisions.settled();
    if (plan.serviceDeployments !== undefined) state.serviceDeployments = plan.serviceDeployments;
    this.#parts.hosted.stop(plan.stop.map(taskStop), Date.now());
    state.notedAt = plan.notedAt;
    if (plan.steadySince === undefined) delete state.steadySince;
    else state.steadySince = plan.steadySince;
    this.#rows.events(plan.events);
    this.#rows.actions(plan.actions);
    if (plan.becomesInactive) state.status = 'INACTIVE';
    if (plan.movingIds === undefined) delete state.movingIds;
    else state.movingIds = plan.movingIds;
  }

  #show(plan: ServicePlan): void {
    const { definition, deployments, status } = this.#state;
    const rollouts = deployments.map((d) => `${d.status} \`${d.deploymentId}\` ${d.rolloutState}`).join(', ');
    const sentence = `**${definition.serviceName}** ${status}, desired ${definition.desiredCount}. Waits for ${plan.waitingFor}.\n\n${rollouts}`;
    setCurrentDetails(taskListDetails(this.#tasks.all, sentence));
  }
}

const taskStop = ({ taskId, stopCode, stoppedReason }: StopDecision) => ({
  taskId,
  reason: { stopCode, stoppedReason },
});

const isIdle = (plan: ServicePlan): boolean =>
  plan.start.length + plan.stop.length + plan.deployments.length + plan.events.length === 0 &&
  plan.serviceDeployments === undefined &&
  !plan.becomesInactive;
