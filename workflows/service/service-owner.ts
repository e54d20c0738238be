/** State of one service and what each message does to it. Decisions are the core's; this carries them out. */
import { ApplicationFailure, condition, setCurrentDetails, uuid4, workflowInfo } from '@temporalio/workflow';
import type { ServiceDefinition } from '../../model/service.ts';
import type { TaskReport } from '../../model/task.ts';
import { applyServiceUpdate } from '../../scheduler/rollout/apply-service-update.ts';
import { taskProgress, type TaskProgress } from '../../scheduler/rollout/circuit-breaker.ts';
import { startDeployment } from '../../scheduler/rollout/deployments.ts';
import { planService } from '../../scheduler/reconcile/plan-service.ts';
import type { ServicePlan } from '../../scheduler/reconcile/types.ts';
import { resetThrottle } from '../../scheduler/throttle/throttle.ts';
import type {
  CreateServiceCommand,
  DeleteServiceCommand,
  InstanceNotice,
  StopTaskCommand,
  UpdateServiceCommand,
} from '../messages.ts';
import { taskListDetails } from '../owner/details.ts';
import { HostWork } from '../owner/host-work.ts';
import { OwnedTasks } from '../owner/owned-tasks.ts';
import { RecordWriter } from '../owner/record-writer.ts';
import { groupBy, inFlight } from '../owner/relaunch.ts';
import type { CarriedService, ServiceOwnedTask, ServiceState } from '../state.ts';
import { deploymentSpec } from './new-service.ts';
import {
  isOfPrimary,
  noteProgress,
  noteStartFailures,
  noteTaskStart,
  serviceRecord,
  settleDeployments,
} from './service-record.ts';
import { loadInstanceFacts } from './instance-facts.ts';
import { launchOf, startTasks } from './start-tasks.ts';

const NOT_IDEMPOTENT = 'Creation of service was not idempotent.';
const STILL_DRAINING = 'Unable to Start a service that is still Draining.';
const SCALED_ABOVE_ZERO = 'The service cannot be stopped while it is scaled above 0.';

/** A run this long continues as new, well before Temporal's own limits. */
const MAX_HISTORY_EVENTS = 4_000;

/** A wake-up time that is due already must not spin the loop. */
const MIN_WAIT_MS = 50;

const refuse = (code: string, message: string): ApplicationFailure => ApplicationFailure.nonRetryable(message, code);

export class ServiceOwner {
  readonly state: ServiceState;
  readonly #tasks: OwnedTasks<ServiceOwnedTask>;
  readonly #writer: RecordWriter;
  readonly #host: HostWork;
  /** Something a plan depends on has changed since the last one. */
  #changed = true;

  constructor(carried: CarriedService) {
    this.state = carried.state;
    this.#writer = new RecordWriter(this.state.definition.clusterName);
    this.#tasks = new OwnedTasks(this.#writer, carried.tasks);
    this.#host = new HostWork({
      clusterName: this.state.definition.clusterName,
      ownerWorkflowId: workflowInfo().workflowId,
      taskDefinitions: () => this.state.taskDefinitions,
      isWanted: (taskId, kind) => {
        const task = this.#tasks.get(taskId);
        if (!task) return false;
        const { launches, stops } = inFlight([task]);
        return kind === 'launch' ? launches.length > 0 : stops.length > 0;
      },
    });
    for (const instanceId of groupBy(carried.tasks, (task) => task.containerInstanceId).keys()) this.#issue(instanceId);
    this.#write();
  }

  /** Everything decided so far is in the store. */
  recorded(): Promise<void> {
    return this.#writer.flushed();
  }

  carry(): CarriedService {
    return { state: this.state, tasks: this.#tasks.all };
  }

  get isRecorded(): boolean {
    return this.#writer.idle;
  }

  /** Plans and acts until the service is INACTIVE (false) or its history is long enough to continue as new (true). */
  async run(): Promise<boolean> {
    while (this.state.status !== 'INACTIVE') {
      if (this.#historyIsLong()) return true;
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
    const current = { taskDefinitionArn: this.#primary().taskDefinitionArn };
    const { taskDefinition, forceNewDeployment } = command;
    const asked = {
      changes: command.changes,
      ...(taskDefinition ? { taskDefinitionArn: taskDefinition.taskDefinitionArn } : {}),
      forceNewDeployment,
    };
    const { definition, newDeployment } = applyServiceUpdate(this.state.definition, asked, current);
    this.state.definition = definition;
    if (newDeployment) this.#deploy(definition, command);
    // What was refused before may fit the new definition.
    this.state.placement = { refusals: 0 };
    this.#write();
    await this.#writer.flushed();
  }

  async delete(command: DeleteServiceCommand): Promise<undefined> {
    if (this.state.definition.desiredCount > 0 && !command.force) {
      throw refuse('InvalidParameterException', SCALED_ABOVE_ZERO);
    }
    this.state.status = 'DRAINING';
    this.state.definition = { ...this.state.definition, desiredCount: 0 };
    this.#write();
    await this.#writer.flushed();
  }

  async stopTask(command: StopTaskCommand): Promise<undefined> {
    const task = this.#tasks.get(command.taskId);
    const reason = { stopCode: 'UserInitiated', stoppedReason: command.reason } as const;
    if (task && this.#tasks.requestStop(task.taskId, reason, Date.now())) {
      this.#host.stop(task.containerInstanceId, [task.taskId]);
      this.#write();
    }
    await this.#writer.flushed();
  }

  applyReports(reports: readonly TaskReport[]): void {
    const progress: TaskProgress[] = [];
    const outcomes = reports.map((report) => {
      const before = this.#tasks.get(report.taskId);
      const outcome = this.#tasks.apply(report);
      if (before && outcome.kind !== 'unchanged') progress.push(taskProgress(before, outcome.task));
      return outcome;
    });
    if (outcomes.every((outcome) => outcome.kind === 'unchanged')) return;
    const failed = outcomes.flatMap((o) => (o.kind === 'stopped' && o.failedToStart ? [o.task] : []));
    const now = Date.now();
    // Failures first: tasks that failed beside the first one that ran did so before any ran.
    this.#events(noteStartFailures(this.state, failed, now));
    if (outcomes.some((o) => o.kind === 'started' && isOfPrimary(this.state, o.task))) noteTaskStart(this.state);
    noteProgress(this.state, progress, now);
    this.#write();
  }

  instanceNotice(notice: InstanceNotice): void {
    const { containerInstanceId, kind, stoppedReason = '' } = notice;
    const others = this.state.drainingInstanceIds.filter((id) => id !== containerInstanceId);
    if (kind === 'returned') {
      this.#host.forget(containerInstanceId);
      this.#issue(containerInstanceId);
    } else {
      this.state.drainingInstanceIds = kind === 'draining' ? [...others, containerInstanceId] : others;
    }
    if (kind === 'lost') {
      this.#host.forget(containerInstanceId);
      const reason = { stopCode: 'TerminationNotice', stoppedReason } as const;
      for (const task of this.#tasks.on(containerInstanceId)) this.#tasks.lose(task.taskId, reason, Date.now());
    }
    this.#write();
  }

  capacityChanged(): void {
    if (this.state.placement.retryAt === undefined) return;
    this.state.placement = { refusals: this.state.placement.refusals };
    this.#changed = true;
  }

  // ---- plan and act ------------------------------------------------------------------------------------------------

  async #round(): Promise<ServicePlan> {
    const { state } = this;
    const facts = await loadInstanceFacts(state.definition, this.#tasks.all);
    const { refusals, retryAt = 0 } = state.placement;
    // An instance without tasks of ours has drained. It may be ACTIVE again unnoticed: what is placed on it is to stay.
    state.drainingInstanceIds = state.drainingInstanceIds.filter((id) => this.#tasks.on(id).length > 0);
    const snapshot = {
      ...state,
      ...facts,
      tasks: this.#tasks.all,
      seed: state.incarnation,
      ...(refusals > 0 ? { placementRetryAt: retryAt } : {}),
    };
    const plan = planService(snapshot, Date.now());
    this.#settleDeployments(plan);
    this.#stop(plan);
    state.notedAt = plan.notedAt;
    if (plan.steadySince === undefined) delete state.steadySince;
    else state.steadySince = plan.steadySince;
    this.#events(plan.events);
    if (plan.becomesInactive) state.status = 'INACTIVE';
    for (const decision of plan.start) {
      const started = await startTasks({ state, decision, now: Date.now() });
      for (const task of started.tasks) this.#tasks.add(task);
      for (const instanceId of groupBy(started.tasks, (task) => task.containerInstanceId).keys()) {
        this.#launch(started.tasks.filter((task) => task.containerInstanceId === instanceId));
      }
      this.#events(started.events);
      this.#changed ||= started.tasks.length > 0 || started.refused;
    }
    if (plan.start.length > 0 || !isIdle(plan)) this.#write({ plansAgain: false });
    this.#show(plan);
    return plan;
  }

  #settleDeployments(plan: ServicePlan): void {
    if (plan.deployments.length === 0) return;
    settleDeployments(this.state, plan.deployments, Date.now());
    this.#forgetUnusedDefinitions();
  }

  #stop(plan: ServicePlan): void {
    const now = Date.now();
    const stopped = plan.stop.flatMap((decision) => {
      const task = this.#tasks.get(decision.taskId);
      return task && this.#tasks.requestStop(task.taskId, reasonOf(decision), now) ? [task] : [];
    });
    for (const [instanceId, tasks] of groupBy(stopped, (task) => task.containerInstanceId)) {
      this.#host.stop(
        instanceId,
        tasks.map((task) => task.taskId),
      );
    }
  }

  #deploy(definition: ServiceDefinition, command: UpdateServiceCommand): void {
    const { taskDefinition, taskDefinitionTags = [] } = command;
    const arn = taskDefinition?.taskDefinitionArn ?? this.#primary().taskDefinitionArn;
    if (taskDefinition) {
      this.state.taskDefinitions = { ...this.state.taskDefinitions, [arn]: taskDefinition };
      this.state.taskDefinitionTags = { ...this.state.taskDefinitionTags, [arn]: taskDefinitionTags };
    }
    this.state.deployments = startDeployment(this.state.deployments, deploymentSpec(definition, arn), Date.now());
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

  #launch(tasks: readonly ServiceOwnedTask[]): void {
    const [first] = tasks;
    if (!first) return;
    this.#host.launch(
      first.containerInstanceId,
      tasks.map((task) => launchOf(this.state, task)),
    );
  }

  /** Issues again what is in flight on an instance. */
  #issue(instanceId: string): void {
    const { launches, stops } = inFlight(this.#tasks.on(instanceId));
    this.#launch(launches);
    if (stops.length > 0) this.#host.stop(instanceId, stops);
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

  /** Queues the service's row as it is now, and has the next plan look at it. */
  #write({ plansAgain } = { plansAgain: true }): void {
    if (plansAgain) this.#changed = true;
    this.state.recordVersion += 1;
    this.#writer.putService(serviceRecord(this.state, this.#tasks.all));
  }

  #historyIsLong(): boolean {
    const info = workflowInfo();
    return info.continueAsNewSuggested || info.historyLength > MAX_HISTORY_EVENTS;
  }

  async #waitForChange(plan: ServicePlan): Promise<void> {
    const changed = (): boolean => this.#changed || this.#historyIsLong();
    if (plan.wakeAt === undefined) await condition(changed);
    else await condition(changed, Math.max(plan.wakeAt - Date.now(), MIN_WAIT_MS));
  }

  #show(plan: ServicePlan): void {
    const { definition, deployments, status } = this.state;
    const rollouts = deployments.map((d) => `${d.status} \`${d.deploymentId}\` ${d.rolloutState}`).join(', ');
    const sentence = `**${definition.serviceName}** ${status}, desired ${definition.desiredCount}. Waits for ${plan.waitingFor}.\n\n${rollouts}`;
    setCurrentDetails(taskListDetails(this.#tasks.all, sentence));
  }
}

const reasonOf = ({ stopCode, stoppedReason }: ServicePlan['stop'][number]) => ({ stopCode, stoppedReason });

const isIdle = (plan: ServicePlan): boolean =>
  plan.start.length + plan.stop.length + plan.deployments.length + plan.events.length === 0 && !plan.becomesInactive;
