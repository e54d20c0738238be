/** State of one service and what each message does to it. What follows from that is planned in rounds: service-rounds.ts. */
import { ApplicationFailure, condition, sleep } from '@temporalio/workflow';
import type { HeldTask } from '../../model/held-task.ts';
import type { ServiceRecord } from '../../model/service.ts';
import type { TaskReport } from '../../model/task.ts';
import type { EpochMs } from '../../model/time.ts';
import { taskProgress, type TaskProgress } from '../../scheduler/rollout/circuit-breaker.ts';
import type { ServicePlan } from '../../scheduler/service/types.ts';
import { stopServiceDeployments } from '../../scheduler/rollout/service-deployments.ts';
import { describeChanges } from '../../model/decision-changes.ts';
import type {
  Called,
  ChangeTaskSetCommand,
  ContinueServiceDeploymentCommand,
  CreateServiceCommand,
  CreateTaskSetCommand,
  DeleteServiceCommand,
  InstanceNotice,
  ProtectTasksCommand,
  ProtectTasksOutcome,
  StopServiceDeploymentCommand,
  StopTaskCommand,
  UpdateServiceCommand,
} from '../messages.ts';
import { HostedTasks, type TaskStop } from '../owner/hosted-tasks.ts';
import { Control } from '../owner/control.ts';
import type { OwnedTasks } from '../owner/owned-tasks.ts';
import { Provisioning } from '../owner/provisioning.ts';
import { RecordWriter } from '../owner/record-writer.ts';
import type { CarriedService, ServiceOwnedTask, ServiceState } from '../state.ts';
import { protectionCalled, rolloutOrdered } from './called-decisions.ts';
import { DaemonLookout } from './daemon-lookout.ts';
import {
  isOfPrimary,
  noteImages,
  noteInterruption,
  noteProgress,
  noteStartFailures,
  noteTaskStart,
  serviceRecord,
} from './service-record.ts';
import { protectTasks } from './protection.ts';
import { Rebalancing } from './rebalancing.ts';
import { ServiceDecisions } from './service-decisions.ts';
import { ServiceRounds } from './service-rounds.ts';
import { ServiceRows } from './service-rows.ts';
import { deploymentRequest, launchOf, tellOnce } from './start-tasks.ts';
import { changeTaskSet, createTaskSet } from './task-sets.ts';
import { updateService } from './update.ts';

const NOT_IDEMPOTENT = 'Creation of service was not idempotent.';
const STILL_DRAINING = 'Unable to Start a service that is still Draining.';
const SCALED_ABOVE_ZERO = 'The service cannot be stopped while it is scaled above 0.';

/** What a call asks beside the service's definition. */
const FORCED = { changes: { forceNewDeployment: ['', 'true'] as const } };

/** A report may tell this long before STOPPED, and the plan replaces it from then on. */
const hasBegunToEnd = (before: ServiceOwnedTask, after: ServiceOwnedTask): boolean =>
  before.desiredStatus === 'RUNNING' && after.desiredStatus === 'STOPPED';

/** A plan that the store refused for good is tried again after this. */
const AFTER_REFUSED_PLAN_MS = 10_000;

const refuse = (code: string, message: string): ApplicationFailure => ApplicationFailure.nonRetryable(message, code);

export class ServiceOwner {
  readonly state: ServiceState;
  readonly #control = new Control();
  readonly #tasks: OwnedTasks<ServiceOwnedTask>;
  readonly #writer: RecordWriter;
  readonly #decisions: ServiceDecisions;
  readonly #hosted: HostedTasks<ServiceOwnedTask>;
  readonly #provisioning: Provisioning<ServiceOwnedTask>;
  readonly #rows: ServiceRows;
  /** Only a DAEMON service has one. */
  readonly #lookout: DaemonLookout | undefined;
  readonly #rebalancing: Rebalancing;
  readonly #rounds: ServiceRounds;
  #running = true;

  constructor(carried: CarriedService) {
    this.state = carried.state;
    this.#lookout =
      this.state.definition.schedulingStrategy === 'DAEMON' ? new DaemonLookout(this.#control) : undefined;
    this.#writer = new RecordWriter(this.#control, this.state.definition.clusterName, (why) => {
      this.#writeRefused(why);
    });
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
      control: this.#control,
      hosted: this.#hosted,
      carried: carried.provisioning,
      keyOf: ({ deploymentId, capacityProviderName = '' }) => `${deploymentId}/${capacityProviderName}`,
      requestOf: ({ deploymentId, capacityProviderName }, count) =>
        deploymentRequest(this.state, deploymentId, count, capacityProviderName),
      log: this.#decisions.log,
      belongTo: ({ deploymentId }) => ({ serviceName: this.state.definition.serviceName, deploymentId }),
    });
    this.#rebalancing = new Rebalancing(this.state, this.#control);
    this.#rows = new ServiceRows({
      state: this.state,
      tasks: this.#tasks,
      writer: this.#writer,
      lookout: this.#lookout,
      onChange: () => this.#rounds.planAgain(),
    });
    this.#rounds = new ServiceRounds({
      control: this.#control,
      state: this.state,
      hosted: this.#hosted,
      provisioning: this.#provisioning,
      decisions: this.#decisions,
      rows: this.#rows,
      rebalancing: this.#rebalancing,
      lookout: this.#lookout,
    });
    this.#hosted.resume();
    this.#rows.write();
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

  get ownedTasks(): readonly HeldTask[] {
    return this.#tasks.held;
  }

  /** As it would be written now. */
  get row(): ServiceRecord {
    return serviceRecord(this.state, this.#tasks.all);
  }

  get isRecorded(): boolean {
    return this.#writer.idle;
  }

  /** Plans and acts until the service is INACTIVE (false) or its history is long enough to continue as new (true). */
  async run(): Promise<boolean> {
    for (;;) {
      if (this.state.status === 'INACTIVE') return false;
      if (this.#rounds.historyIsLong) {
        this.#running = false;
        return true;
      }
      const plan = await this.#round();
      if (plan && !plan.becomesInactive) await this.#rounds.waitForChange(plan);
    }
  }

  /** Undefined: the store refused what the plan needs. */
  async #round(): Promise<ServicePlan | undefined> {
    try {
      return await this.#rounds.round();
    } catch (error) {
      if (!(error instanceof ApplicationFailure)) throw error;
      await this.#planRefused(error.message);
      this.#rounds.planAgain();
      return undefined;
    }
  }

  /** The next plan would meet the same: not at once. Calls are answered meanwhile. */
  async #planRefused(why: string): Promise<void> {
    this.#tell(`was unable to carry out its plan. Reason: ${why}`);
    await sleep(AFTER_REFUSED_PLAN_MS);
  }

  #writeRefused(why: string): void {
    this.#tell(`was unable to record a change as it was. Reason: ${why}`);
  }

  #tell(what: string): void {
    const events = tellOnce(this.state, `(service ${this.state.definition.serviceName}) ${what}`, Date.now());
    this.#rows.events(events);
  }

  // ---- messages ----------------------------------------------------------------------------------------------------

  async createdAgain(command: CreateServiceCommand): Promise<{ incarnation: string }> {
    if (this.state.status === 'DRAINING') throw refuse('InvalidParameterException', STILL_DRAINING);
    if (command.incarnation !== this.state.incarnation) throw refuse('InvalidParameterException', NOT_IDEMPOTENT);
    await this.#writer.flushed();
    return { incarnation: this.state.incarnation };
  }

  async update(command: UpdateServiceCommand): Promise<undefined> {
    updateService(this.state, command, { tasks: this.#tasks.all, now: Date.now() });
    this.#decisions.called(command.cause, command.forceNewDeployment ? FORCED : {});
    this.#lookout?.changed();
    this.#rows.write();
    await this.recorded();
  }

  /** StopServiceDeployment, ContinueServiceDeployment. `change` refuses, or changes the state. */
  async orderRollout<C extends StopServiceDeploymentCommand | ContinueServiceDeploymentCommand>(
    change: (state: ServiceState, command: C, now: EpochMs) => void,
    command: C,
  ): Promise<undefined> {
    change(this.state, command, Date.now());
    this.#decisions.called(command.cause, rolloutOrdered(this.state, command));
    this.#rows.write();
    await this.#writer.flushed();
  }

  async createTaskSet(command: CreateTaskSetCommand): Promise<{ taskSetId: string }> {
    const taskSetId = createTaskSet(this.state, command, Date.now());
    this.#decisions.called(command.cause, { deploymentId: taskSetId });
    this.#rows.write();
    await this.#writer.flushed();
    return { taskSetId };
  }

  async changeTaskSet(command: ChangeTaskSetCommand): Promise<undefined> {
    changeTaskSet(this.state, command, Date.now());
    const { taskSetId, change } = command;
    this.#decisions.called(command.cause, { deploymentId: taskSetId, changes: describeChanges({}, change) });
    this.#rows.write();
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
    this.#rows.write();
    await this.#writer.flushed();
  }

  async stopTask(command: StopTaskCommand): Promise<undefined> {
    const task = this.#tasks.get(command.taskId);
    if (task && this.#hosted.stopByUser(command, Date.now())) {
      this.#decisions.stopCalled(task, command.cause, command.reason);
      this.#rows.write();
    }
    await this.#writer.flushed();
  }

  async protectTasks(command: ProtectTasksCommand): Promise<ProtectTasksOutcome> {
    const outcome = protectTasks(this.#tasks, this.state.definition, { command, now: Date.now() });
    if (outcome.tasks.length > 0) {
      this.#decisions.called(command.cause, protectionCalled(command, outcome));
      this.#rows.write();
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
      if (before && outcome.kind !== 'unchanged' && hasBegunToEnd(before, outcome.task)) lost.push(outcome.task);
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
    this.#rows.impaired(noteStartFailures(this.state, failed, now));
    if (outcomes.some((o) => o.kind === 'started' && isOfPrimary(this.state, o.task))) noteTaskStart(this.state);
    noteProgress(this.state, progress, now);
    this.#stopStrays(noteImages(this.state, reports, this.#tasks), now);
    this.#rows.write();
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
    this.#rows.write();
  }

  /** Some instance of the cluster appeared, went, or is not what it was. */
  instancesChanged({ cause }: Called = {}): void {
    if (!this.#lookout) return;
    this.#decisions.hear(cause ?? { kind: 'capacity' });
    this.#lookout.changed();
    this.#rounds.planAgain();
  }

  capacityChanged(): void {
    if (this.#lookout?.waitsForOthers(this.#tasks.all)) this.instancesChanged();
    const { refusals, retryAt } = this.state.placement;
    if (retryAt !== undefined) this.state.placement = { refusals };
    this.#decisions.hear({ kind: 'capacity' });
    const balances = this.#rebalancing.instanceCame();
    if (this.#provisioning.capacityChanged() || retryAt !== undefined || balances) this.#rounds.planAgain();
  }

  #stopStrays(stops: readonly TaskStop[], now: EpochMs): void {
    const strays = stops.flatMap(({ taskId }) => this.#tasks.get(taskId) ?? []);
    this.#decisions.strays(
      stops,
      strays.filter(({ desiredStatus }) => desiredStatus === 'RUNNING'),
    );
    this.#hosted.stop(stops, now);
  }
}
