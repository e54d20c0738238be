/** State of one service and what each message does to it. Decisions are the core's; this carries them out. */
import { ApplicationFailure, condition, setCurrentDetails, uuid4 } from '@temporalio/workflow';
import type { Deployment, ServiceDefinition } from '../../model/service.ts';
import type { ServiceAction } from '../../model/service-action.ts';
import type { TaskReport } from '../../model/task.ts';
import type { EpochMs } from '../../model/time.ts';
import { applyServiceUpdate } from '../../scheduler/rollout/apply-service-update.ts';
import { taskProgress, type TaskProgress } from '../../scheduler/rollout/circuit-breaker.ts';
import { deploymentActions } from '../../scheduler/rollout/deployment-actions.ts';
import { withCompute } from '../../scheduler/rollout/deployments.ts';
import { stopServiceDeployments } from '../../scheduler/rollout/service-deployments.ts';
import { describeChanges } from '../../scheduler/decisions/changes.ts';
import { planFor } from '../../scheduler/plan.ts';
import { withSpotInterruption } from '../../scheduler/reconcile/spot-interruption.ts';
import type { DaemonInstances, ServicePlan, StopDecision } from '../../scheduler/reconcile/types.ts';
import { resetThrottle } from '../../scheduler/throttle/throttle.ts';
import type {
  Called,
  ChangeTaskSetCommand,
  CreateServiceCommand,
  CreateTaskSetCommand,
  DeleteServiceCommand,
  InstanceNotice,
  ProtectTasksCommand,
  ProtectTasksOutcome,
  StopTaskCommand,
  UpdateServiceCommand,
} from '../messages.ts';
import { taskListDetails } from '../owner/details.ts';
import { HostedTasks } from '../owner/hosted-tasks.ts';
import type { OwnedTasks } from '../owner/owned-tasks.ts';
import { Provisioning } from '../owner/provisioning.ts';
import { RecordWriter } from '../owner/record-writer.ts';
import type { CarriedService, ServiceOwnedTask, ServiceState } from '../state.ts';
import { DaemonLookout, settleRefusals } from './daemon-lookout.ts';
import { rememberDefinition } from './new-service.ts';
import { startRollout } from './rollout.ts';
import { RolloutRecords } from './rollout-records.ts';
import {
  isOfPrimary,
  noteImages,
  noteInterruption,
  noteProgress,
  noteStartFailures,
  noteTaskStart,
  serviceRecord,
  settleDeployments,
} from './service-record.ts';
import { protectTasks } from './protection.ts';
import { loadInstanceFacts } from './instance-facts.ts';
import { historyIsLong, untilNextPlan } from './pace.ts';
import { Rebalancing } from './rebalancing.ts';
import { protectionCalled, ServiceDecisions } from './service-decisions.ts';
import { deploymentRequest, launchOf, startTasks, waitEvents } from './start-tasks.ts';
import { changeTaskSet, createTaskSet } from './task-sets.ts';

const NOT_IDEMPOTENT = 'Creation of service was not idempotent.';
const STILL_DRAINING = 'Unable to Start a service that is still Draining.';
const SCALED_ABOVE_ZERO = 'The service cannot be stopped while it is scaled above 0.';

/** What a call asks beside the service's definition. */
const FORCED = { changes: { forceNewDeployment: ['', 'true'] as const } };

/** A wake-up time that is due already must not spin the loop. */
const MIN_WAIT_MS = 50;

const refuse = (code: string, message: string): ApplicationFailure => ApplicationFailure.nonRetryable(message, code);

export class ServiceOwner {
  readonly state: ServiceState;
  readonly #tasks: OwnedTasks<ServiceOwnedTask>;
  readonly #writer: RecordWriter;
  readonly #decisions: ServiceDecisions;
  readonly #hosted: HostedTasks<ServiceOwnedTask>;
  readonly #provisioning: Provisioning<ServiceOwnedTask>;
  /** As the last write had them. */
  #toldDeployments: readonly Deployment[];
  readonly #rollouts = new RolloutRecords();
  /** Only a DAEMON service has one. */
  readonly #lookout: DaemonLookout | undefined;
  #running = true;
  readonly #rebalancing: Rebalancing;
  /** Something a plan depends on has changed since the last one. */
  #changed = true;
  #plannedAt = 0;

  constructor(carried: CarriedService) {
    this.state = carried.state;
    this.#toldDeployments = carried.state.recordVersion === 0 ? [] : carried.state.deployments;
    this.#lookout = this.state.definition.schedulingStrategy === 'DAEMON' ? new DaemonLookout() : undefined;
    this.#writer = new RecordWriter(this.state.definition.clusterName);
    this.#decisions = new ServiceDecisions(this.state, this.#writer);
    this.#hosted = new HostedTasks({
      clusterName: this.state.definition.clusterName,
      writer: this.#writer,
      carried: carried.tasks,
      taskDefinitions: () => this.state.taskDefinitions,
      launchOf: (task) => launchOf(this.state, task),
      onReports: (reports) => this.applyReports(reports),
    });
    this.#tasks = this.#hosted.owned;
    this.#provisioning = new Provisioning({
      clusterName: this.state.definition.clusterName,
      hosted: this.#hosted,
      carried: carried.provisioning,
      keyOf: ({ deploymentId, capacityProviderName = '' }) => `${deploymentId}/${capacityProviderName}`,
      requestOf: ({ deploymentId, capacityProviderName }, count) =>
        deploymentRequest(this.state, deploymentId, count, capacityProviderName),
    });
    this.#rebalancing = new Rebalancing(this.state);
    this.#hosted.resume();
    this.#write();
  }

  /** The call that created it. */
  createdBy({ cause }: CreateServiceCommand): void {
    this.#decisions.called(cause);
  }

  /** Everything decided so far is in the store; so is the desired count of a DAEMON service, which the instances decide. */
  async recorded(): Promise<void> {
    const lookout = this.#lookout;
    if (lookout) await condition(() => lookout.isCurrent || this.state.status !== 'ACTIVE' || !this.#running);
    await this.#writer.flushed();
  }

  carry(): CarriedService {
    this.#decisions.carry();
    const { carried: provisioning } = this.#provisioning;
    return { state: this.state, tasks: this.#tasks.all, ...(provisioning ? { provisioning } : {}) };
  }

  get isRecorded(): boolean {
    return this.#writer.idle;
  }

  /** Plans and acts until the service is INACTIVE (false) or its history is long enough to continue as new (true). */
  async run(): Promise<boolean> {
    while (this.state.status !== 'INACTIVE') {
      if (this.#historyIsLong()) {
        this.#running = false;
        return true;
      }
      this.#changed = false;
      const plan = await this.#round();
      if (!plan.becomesInactive) await this.#waitForChange(plan);
    }
    return false;
  }

  // ---- messages ----------------------------------------------------------------------------------------------------

  async createdAgain(command: CreateServiceCommand): Promise<{ incarnation: string }> {
    if (this.state.status === 'DRAINING') throw refuse('InvalidParameterException', STILL_DRAINING);
    if (command.incarnation !== this.state.incarnation) throw refuse('InvalidParameterException', NOT_IDEMPOTENT);
    await this.#writer.flushed();
    return { incarnation: this.state.incarnation };
  }

  async update(command: UpdateServiceCommand): Promise<undefined> {
    const current = { taskDefinitionArn: this.state.deployments[0]?.taskDefinitionArn ?? '' };
    const { taskDefinition, forceNewDeployment } = command;
    const asked = {
      changes: command.changes,
      ...(taskDefinition ? { taskDefinitionArn: taskDefinition.taskDefinitionArn } : {}),
      forceNewDeployment,
    };
    const { definition, newDeployment } = applyServiceUpdate(this.state.definition, asked, current);
    this.state.definition = definition;
    if (newDeployment) this.#deploy(definition, command);
    else this.state.deployments = withCompute(this.state.deployments, definition);
    // What was refused before may fit the new definition.
    this.state.placement = { refusals: 0 };
    this.#decisions.called(command.cause, command.forceNewDeployment ? FORCED : {});
    this.#lookout?.changed();
    this.#write();
    await this.recorded();
  }

  /** StopServiceDeployment, ContinueServiceDeployment. `change` refuses, or changes the state. */
  async orderRollout(change: (state: ServiceState, now: EpochMs) => void, { cause }: Called): Promise<undefined> {
    change(this.state, Date.now());
    this.#decisions.called(cause);
    this.#write();
    await this.#writer.flushed();
  }

  async createTaskSet(command: CreateTaskSetCommand): Promise<{ taskSetId: string }> {
    const taskSetId = createTaskSet(this.state, command, Date.now());
    this.#decisions.called(command.cause, { deploymentId: taskSetId });
    this.#write();
    await this.#writer.flushed();
    return { taskSetId };
  }

  async changeTaskSet(command: ChangeTaskSetCommand): Promise<undefined> {
    changeTaskSet(this.state, command, Date.now());
    const { taskSetId, change } = command;
    this.#decisions.called(command.cause, { deploymentId: taskSetId, changes: describeChanges({}, change) });
    this.#write();
    await this.#writer.flushed();
  }

  async delete(command: DeleteServiceCommand): Promise<undefined> {
    if (this.state.definition.desiredCount > 0 && !command.force && !this.#lookout) {
      throw refuse('InvalidParameterException', SCALED_ABOVE_ZERO);
    }
    this.state.status = 'DRAINING';
    const { serviceDeployments } = this.state;
    if (serviceDeployments) this.state.serviceDeployments = stopServiceDeployments(serviceDeployments, Date.now());
    this.state.definition = { ...this.state.definition, desiredCount: 0 };
    this.#decisions.called(command.cause);
    this.#write();
    await this.#writer.flushed();
  }

  async stopTask(command: StopTaskCommand): Promise<undefined> {
    const task = this.#tasks.get(command.taskId);
    if (task && this.#hosted.stopByUser(command, Date.now())) {
      this.#decisions.stopCalled(task, command.cause, command.reason);
      this.#write();
    }
    await this.#writer.flushed();
  }

  async protectTasks(command: ProtectTasksCommand): Promise<ProtectTasksOutcome> {
    const outcome = protectTasks(this.#tasks, this.state.definition, { command, now: Date.now() });
    if (outcome.tasks.length > 0) {
      this.#decisions.called(command.cause, protectionCalled(command, outcome));
      this.#write();
    }
    await this.#writer.flushed();
    return outcome;
  }

  applyReports(reports: readonly TaskReport[]): void {
    const progress: TaskProgress[] = [];
    const lost: ServiceOwnedTask[] = [];
    const outcomes = reports.map((report) => {
      const before = this.#tasks.get(report.taskId);
      const outcome = this.#tasks.apply(report);
      if (before && outcome.kind !== 'unchanged') progress.push(taskProgress(before, outcome.task));
      if (outcome.kind === 'stopped' && before?.desiredStatus === 'RUNNING') lost.push(outcome.task);
      return outcome;
    });
    if (outcomes.every((outcome) => outcome.kind === 'unchanged')) return;
    this.#decisions.reported(
      outcomes.flatMap((o) => (o.kind === 'unchanged' ? [] : [o.task.taskId])),
      lost,
    );
    const failed = outcomes.flatMap((o) => (o.kind === 'stopped' && o.failedToStart ? [o.task] : []));
    const now = Date.now();
    // Failures first: tasks that failed beside the first one that ran did so before any ran.
    this.#noteFailures(failed, now);
    if (outcomes.some((o) => o.kind === 'started' && isOfPrimary(this.state, o.task))) noteTaskStart(this.state);
    noteProgress(this.state, progress, now);
    this.#hosted.stop(noteImages(this.state, reports, this.#tasks), now);
    this.#write();
  }

  instanceNotice(notice: InstanceNotice): void {
    const { containerInstanceId, kind } = notice;
    if (kind !== 'returned') {
      const others = this.state.drainingInstanceIds.filter((id) => id !== containerInstanceId);
      const drains = kind === 'draining' || kind === 'interrupted';
      this.state.drainingInstanceIds = drains ? [...others, containerInstanceId] : others;
      noteInterruption(this.state, notice);
    }
    this.#decisions.instanceNotice(notice, this.#tasks.on(containerInstanceId));
    this.#hosted.instanceNotice(notice, Date.now());
    this.#lookout?.changed();
    this.#write();
  }

  /** Some instance of the cluster appeared, went, or is not what it was. */
  instancesChanged(): void {
    if (!this.#lookout) return;
    this.#lookout.changed();
    this.#changed = true;
  }

  capacityChanged(): void {
    if (this.#lookout?.waitsForOthers(this.#tasks.all)) this.instancesChanged();
    const { refusals, retryAt } = this.state.placement;
    if (retryAt !== undefined) this.state.placement = { refusals };
    this.#decisions.hear({ kind: 'capacity' });
    const balances = this.#rebalancing.instanceCame();
    this.#changed ||= this.#provisioning.capacityChanged() || retryAt !== undefined || balances;
  }

  // ---- plan and act ------------------------------------------------------------------------------------------------

  /** Tasks that wait for capacity get it, or are ended. */
  async #provision(): Promise<void> {
    const { changed, expired, refusals } = await this.#provisioning.step();
    const now = Date.now();
    this.#noteFailures(expired, now);
    this.#events(waitEvents(this.state, refusals, now));
    if (changed) this.#write({ plansAgain: false });
  }

  #noteFailures(failed: readonly ServiceOwnedTask[], now: number): void {
    const impaired = noteStartFailures(this.state, failed, now);
    this.#events(impaired);
    this.#actions(impaired.map(() => ({ eventName: 'SERVICE_TASK_START_IMPAIRED' })));
  }

  async #round(): Promise<ServicePlan> {
    const { state } = this;
    if (this.#provisioning.dueAt !== undefined) await this.#provision();
    const facts = await loadInstanceFacts(state.definition, this.#tasks.all);
    const daemon = await this.#daemonInstances();
    const { refusals, retryAt = 0 } = state.placement;
    // An instance without tasks of ours has drained. It may be ACTIVE again unnoticed: what is placed on it is to stay.
    state.drainingInstanceIds = state.drainingInstanceIds.filter((id) => this.#tasks.on(id).length > 0);
    const snapshot = {
      ...state,
      ...facts,
      ...(daemon ? { daemon } : {}),
      tasks: this.#tasks.all,
      seed: state.incarnation,
      lostTasks: this.#decisions.lostTasks,
      ...(refusals > 0 ? { placementRetryAt: retryAt } : {}),
    };
    this.#plannedAt = Date.now();
    const plan = planFor(snapshot, this.#plannedAt);
    this.#decisions.planned(snapshot, plan);
    this.#settleDeployments(plan);
    if (plan.serviceDeployments !== undefined) state.serviceDeployments = plan.serviceDeployments;
    const stops = withSpotInterruption(plan.stop, this.#tasks.all, state.interruptedInstanceIds ?? []);
    this.#hosted.stop(stops.map(taskStop), Date.now());
    state.notedAt = plan.notedAt;
    if (plan.steadySince === undefined) delete state.steadySince;
    else state.steadySince = plan.steadySince;
    this.#events(plan.events);
    this.#actions(plan.actions);
    if (plan.becomesInactive) state.status = 'INACTIVE';
    if (plan.movingIds === undefined) delete state.movingIds;
    else state.movingIds = plan.movingIds;
    const moves = await this.#rebalancing.look({ ...snapshot, ...state }, () => !this.#changed);
    this.#events(moves.events);
    this.#actions(moves.actions);
    for (const decision of [...plan.start, ...moves.start]) {
      const started = await startTasks({
        state,
        tasks: this.#tasks.all,
        decisions: this.#decisions,
        bounds: plan.bounds,
        decision,
        now: Date.now(),
      });
      this.#hosted.start(started.tasks);
      this.#events(started.events);
      this.#actions(started.actions);
      this.#changed ||= started.tasks.length > 0 || started.refused;
    }
    this.#rebalancing.carriedOut();
    if (plan.start.length + moves.start.length > 0 || !isIdle(plan)) this.#write({ plansAgain: false });
    this.#show(plan);
    return plan;
  }

  /** How many instances are to have a task is what a DAEMON service desires. */
  async #daemonInstances(): Promise<DaemonInstances | undefined> {
    const { state } = this;
    const isActive = (): boolean => state.status === 'ACTIVE';
    if (!this.#lookout || !isActive()) return undefined;
    const daemon = await this.#lookout.instances(state, () => this.#tasks.all);
    // A DeleteService may have come meanwhile.
    if (!daemon || !isActive()) return undefined;
    settleRefusals(state, daemon, this.#tasks.all);
    const desiredCount = daemon.eligible.length;
    if (desiredCount !== state.definition.desiredCount) {
      state.definition = { ...state.definition, desiredCount };
      this.#write({ plansAgain: false });
    }
    return daemon;
  }

  #settleDeployments(plan: ServicePlan): void {
    if (plan.deployments.length === 0) return;
    settleDeployments(this.state, plan.deployments, Date.now());
    this.#forgetUnusedDefinitions();
  }

  #deploy(definition: ServiceDefinition, command: UpdateServiceCommand): void {
    const { taskDefinition, taskDefinitionTags = [] } = command;
    const arn = taskDefinition?.taskDefinitionArn ?? this.#primary().taskDefinitionArn;
    if (taskDefinition) rememberDefinition(this.state, taskDefinition, taskDefinitionTags);
    const running = [...new Set(this.#tasks.all.map((task) => task.deploymentId))];
    const begun = startRollout({ ...this.state, definition }, { taskDefinitionArn: arn, running, now: Date.now() });
    Object.assign(this.state, begun);
    this.state.throttle = resetThrottle();
    this.state.notedAt = {};
  }

  #forgetUnusedDefinitions(): void {
    const used = new Set(this.state.deployments.map((deployment) => deployment.taskDefinitionArn));
    const keep = <T>(all: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
      Object.fromEntries(Object.entries(all).filter(([arn]) => used.has(arn)));
    this.state.taskDefinitions = keep(this.state.taskDefinitions);
    this.state.taskDefinitionTags = keep(this.state.taskDefinitionTags);
  }

  // ---- records and waiting -----------------------------------------------------------------------------------------

  #primary() {
    const [primary] = this.state.deployments;
    if (!primary) throw ApplicationFailure.nonRetryable('The service has no deployment.', 'ServerException');
    return primary;
  }

  /** The service's row goes with its events: a write that a wait separates from the row would not say whose they are. */
  #events(messages: readonly string[]): void {
    for (const message of messages) this.#writer.addEvent({ id: uuid4(), createdAt: Date.now(), message });
    if (messages.length > 0) this.#write({ plansAgain: false });
  }

  /** As events: a write of the row follows. */
  #actions(actions: readonly ServiceAction[]): void {
    for (const action of actions) this.#writer.addAction({ ...action, createdAt: Date.now() });
    if (actions.length > 0) this.#write({ plansAgain: false });
  }

  /** Queues the service's row as it is now, and has the next plan look at it. */
  #write({ plansAgain } = { plansAgain: true }): void {
    if (plansAgain) this.#changed = true;
    this.state.recordVersion += 1;
    for (const action of deploymentActions(this.#toldDeployments, this.state.deployments))
      this.#writer.addAction({ ...action, createdAt: Date.now() });
    this.#toldDeployments = this.state.deployments;
    const tasks = this.#tasks.all;
    this.#writer.addRollout(this.#rollouts.take(this.state, tasks));
    const state = { ...this.state };
    this.#writer.putService(() => ({ ...serviceRecord(state, tasks), ...this.#lookout?.recorded(state, tasks) }));
  }

  #historyIsLong(): boolean {
    return historyIsLong(this.#hosted.batchesUnderWay);
  }

  async #waitForChange(plan: ServicePlan): Promise<void> {
    const changed = (): boolean => this.#changed || this.#historyIsLong();
    const due = [plan.wakeAt, this.#provisioning.dueAt, this.#rebalancing.wakeAt].filter((at) => at !== undefined);
    const wakeAt = Math.min(...due);
    if (wakeAt === Infinity) await condition(changed);
    else if (!(await condition(changed, Math.max(wakeAt - Date.now(), MIN_WAIT_MS))))
      this.#decisions.hear({ kind: 'time' });
    await untilNextPlan(this.#tasks.size, this.#plannedAt);
  }

  #show(plan: ServicePlan): void {
    const { definition, deployments, status } = this.state;
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
