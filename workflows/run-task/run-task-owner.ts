/** State of one RunTask or StartTask call and what each message does to it. */
import { ApplicationFailure, condition, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { TaskLaunch } from '../../activities/host/types.ts';
import { parseArn, taskArn } from '../../model/arn.ts';
import type { HeldTask } from '../../model/held-task.ts';
import type { TaskReport } from '../../model/task.ts';
import type { InstanceNotice, RunTaskCommand, RunTaskOutcome, StopTaskCommand } from '../messages.ts';
import { DecisionLog } from '../owner/decision-log.ts';
import { HostedTasks } from '../owner/hosted-tasks.ts';
import { Control } from '../owner/control.ts';
import type { OwnedTask, OwnedTasks } from '../owner/owned-tasks.ts';
import { Provisioning } from '../owner/provisioning.ts';
import { RecordWriter } from '../owner/record-writer.ts';
import { taskListDetails } from '../owner/details.ts';
import type { CarriedRunTask } from '../state.ts';
import { keepRequest, placeRunTask, requestOf } from './place-run-task.ts';
import { recordNotice, recordStop } from './run-task-decisions.ts';

export class RunTaskOwner {
  readonly #clusterName: string;
  readonly #control = new Control();
  readonly #writer: RecordWriter;
  readonly #tasks: OwnedTasks<OwnedTask>;
  readonly #hosted: HostedTasks<OwnedTask>;
  readonly #provisioning: Provisioning<OwnedTask>;
  readonly #log: DecisionLog;
  #command: RunTaskCommand | undefined;
  #outcome: RunTaskOutcome | undefined;
  #refusal: ApplicationFailure | undefined;

  constructor(clusterName: string, carried: CarriedRunTask | undefined) {
    this.#clusterName = clusterName;
    this.#command = carried?.command;
    this.#outcome = carried?.outcome;
    this.#writer = new RecordWriter(this.#control, clusterName);
    this.#hosted = new HostedTasks({
      clusterName,
      writer: this.#writer,
      carried: carried?.tasks ?? [],
      taskDefinitions: () =>
        this.#command ? { [this.#command.taskDefinition.taskDefinitionArn]: this.#command.taskDefinition } : {},
      launchOf: (task) => launchOf(this.#placed(), task),
      onReports: (reports) => this.applyReports(reports),
    });
    this.#tasks = this.#hosted.owned;
    this.#log = new DecisionLog(this.#writer, clusterName);
    this.#provisioning = new Provisioning({
      clusterName,
      control: this.#control,
      hosted: this.#hosted,
      log: this.#log,
      carried: carried?.provisioning,
      keyOf: ({ capacityProviderName = '' }) => capacityProviderName,
      requestOf: ({ capacityProviderName }, count) =>
        requestOf(this.#placed(), capacityProviderName === undefined ? { count } : { count, capacityProviderName }),
    });
  }

  get isCalled(): boolean {
    return this.#command !== undefined;
  }

  /** Refused, or placed and every task STOPPED. */
  get ended(): boolean {
    return this.#refusal !== undefined || (this.#outcome !== undefined && this.#tasks.size === 0);
  }

  /** Issues again what a previous run left in flight. */
  resume(): void {
    this.#hosted.resume();
    this.#show();
  }

  /** When tasks that wait for capacity are to be looked at; undefined while none does. */
  get provisioningDueAt(): number | undefined {
    return this.#outcome === undefined ? undefined : this.#provisioning.dueAt;
  }

  capacityChanged(): void {
    if (this.#provisioning.capacityChanged()) this.#log.hear({ kind: 'capacity' });
  }

  /** Tasks that wait for capacity get it, or are ended. */
  async provision(): Promise<void> {
    if (this.#log.heard.length === 0) this.#log.hear({ kind: 'time' });
    const { heard } = this.#log;
    await this.#provisioning.step();
    if (this.#log.heard === heard) this.#log.rest();
    this.#show();
  }

  get ownedTasks(): readonly HeldTask[] {
    return this.#tasks.held;
  }

  get isRecorded(): boolean {
    return this.#writer.idle;
  }

  carry(): CarriedRunTask | undefined {
    if (this.ended || !this.#command || !this.#outcome) return undefined;
    const { carried: provisioning } = this.#provisioning;
    const state = { command: this.#command, outcome: this.#outcome, tasks: this.#tasks.all };
    return { version: 1, ...state, ...(provisioning ? { provisioning } : {}) };
  }

  /** A retried call finds the first one's answer, also while that is still being made. */
  async place(command: RunTaskCommand): Promise<RunTaskOutcome> {
    if (this.#command) {
      await condition(() => this.#outcome !== undefined || this.#refusal !== undefined);
      if (this.#refusal) throw this.#refusal;
      return this.#repeated(command);
    }
    this.#command = command;
    if (command.cause) this.#log.hear(command.cause);
    try {
      const { tasks, failures, decisions, requestKept } = await placeRunTask(
        this.#control,
        command,
        workflowInfo().workflowId,
      );
      const outcome = { taskIds: tasks.map((task) => task.taskId), failures };
      if (!requestKept) await keepRequest(this.#control, command, outcome);
      this.#outcome = outcome;
      for (const decision of decisions) this.#writer.addDecision(decision);
      this.#hosted.start(tasks);
      this.#show();
      return outcome;
    } catch (error) {
      if (error instanceof ApplicationFailure) this.#refusal = error;
      throw error;
    }
  }

  async stopTask(command: StopTaskCommand): Promise<undefined> {
    const task = this.#tasks.get(command.taskId);
    if (task && this.#hosted.stopByUser(command, Date.now())) {
      recordStop(this.#writer, this.#clusterName, { task, command });
      this.#show();
    }
    await this.#writer.flushed();
  }

  applyReports(reports: readonly TaskReport[]): void {
    for (const report of reports) this.#tasks.apply(report);
    this.#show();
  }

  instanceNotice(notice: InstanceNotice): void {
    recordNotice(this.#writer, this.#clusterName, { notice, tasks: this.#tasks.on(notice.containerInstanceId) });
    this.#hosted.instanceNotice(notice, Date.now());
    // draining and active: standalone tasks are untouched by either.
    this.#show();
  }

  #repeated(command: RunTaskCommand): RunTaskOutcome {
    const first = this.#command;
    const outcome = this.#outcome;
    if (!first || !outcome) throw ApplicationFailure.nonRetryable('The call has no outcome.', 'ServerException');
    // An owner that was made from its rows does not know what was asked.
    if (first.digest === '' || first.digest === command.digest) return outcome;
    throw ApplicationFailure.nonRetryable(
      'The clientToken was used before with other parameters. Use a new clientToken, or repeat the call unchanged.',
      'ConflictException',
      { resourceIds: outcome.taskIds.map((taskId) => arnOf(first, taskId)) },
    );
  }

  #placed(): RunTaskCommand {
    if (this.#command) return this.#command;
    throw ApplicationFailure.nonRetryable('Tasks without the call that placed them.', 'ServerException');
  }

  #show(): void {
    const waiting = this.#outcome === undefined ? 'placement' : 'the tasks to stop';
    setCurrentDetails(taskListDetails(this.#tasks.all, `Waits for ${waiting}.`));
  }
}

function arnOf(command: RunTaskCommand, taskId: string): string {
  const partition = parseArn(command.taskDefinition.taskDefinitionArn);
  return partition ? taskArn(partition, command.clusterName, taskId) : taskId;
}

/** What an agent needs to launch one task of the call. */
function launchOf(command: RunTaskCommand, task: OwnedTask): TaskLaunch {
  return {
    taskId: task.taskId,
    taskArn: arnOf(command, task.taskId),
    taskDefinitionArn: command.taskDefinition.taskDefinitionArn,
    group: command.group,
    launchType: command.launchType,
    overrides: command.overrides,
    ...(command.networkConfiguration ? { networkConfiguration: command.networkConfiguration } : {}),
    ...(task.gpuIds ? { gpuIds: task.gpuIds } : {}),
  };
}
