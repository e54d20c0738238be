/** State of one RunTask or StartTask call and what each message does to it. */
import { ApplicationFailure, condition, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { TaskLaunch } from '../../activities/host/types.ts';
import { parseArn, taskArn } from '../../model/arn.ts';
import type { TaskReport } from '../../model/task.ts';
import type { InstanceNotice, RunTaskCommand, RunTaskOutcome, StopTaskCommand } from '../messages.ts';
import { HostWork } from '../owner/host-work.ts';
import { OwnedTasks, type OwnedTask } from '../owner/owned-tasks.ts';
import { RecordWriter } from '../owner/record-writer.ts';
import { groupBy, inFlight } from '../owner/relaunch.ts';
import { taskListDetails } from '../owner/details.ts';
import type { CarriedRunTask } from '../state.ts';
import { keepRequest, placeRunTask } from './place-run-task.ts';

export class RunTaskOwner {
  readonly #writer: RecordWriter;
  readonly #tasks: OwnedTasks<OwnedTask>;
  readonly #host: HostWork;
  #command: RunTaskCommand | undefined;
  #outcome: RunTaskOutcome | undefined;
  #refusal: ApplicationFailure | undefined;

  constructor(clusterName: string, carried: CarriedRunTask | undefined) {
    this.#command = carried?.command;
    this.#outcome = carried?.outcome;
    this.#writer = new RecordWriter(clusterName);
    this.#tasks = new OwnedTasks(this.#writer, carried?.tasks ?? []);
    this.#host = new HostWork({
      clusterName,
      ownerWorkflowId: workflowInfo().workflowId,
      taskDefinitions: () =>
        this.#command ? { [this.#command.taskDefinition.taskDefinitionArn]: this.#command.taskDefinition } : {},
      isWanted: (taskId, kind) => {
        const { launches, stops } = inFlight(this.#tasks.all);
        return kind === 'launch' ? launches.some((task) => task.taskId === taskId) : stops.includes(taskId);
      },
    });
  }

  /** Refused, or placed and every task STOPPED. */
  get ended(): boolean {
    return this.#refusal !== undefined || (this.#outcome !== undefined && this.#tasks.size === 0);
  }

  /** Issues again what a previous run left in flight. */
  resume(): void {
    for (const instanceId of groupBy(this.#tasks.all, (task) => task.containerInstanceId).keys())
      this.#issue(instanceId);
    this.#show();
  }

  get isRecorded(): boolean {
    return this.#writer.idle;
  }

  carry(): CarriedRunTask | undefined {
    if (this.ended || !this.#command || !this.#outcome) return undefined;
    return { version: 1, command: this.#command, outcome: this.#outcome, tasks: this.#tasks.all };
  }

  /** A retried call finds the first one's answer, also while that is still being made. */
  async place(command: RunTaskCommand): Promise<RunTaskOutcome> {
    if (this.#command) {
      await condition(() => this.#outcome !== undefined || this.#refusal !== undefined);
      if (this.#refusal) throw this.#refusal;
      return this.#repeated(command);
    }
    this.#command = command;
    try {
      const { tasks, failures, requestKept } = await placeRunTask(command, workflowInfo().workflowId);
      const outcome = { taskIds: tasks.map((task) => task.taskId), failures };
      if (!requestKept) await keepRequest(command, outcome);
      for (const task of tasks) this.#tasks.add(task);
      this.#outcome = outcome;
      for (const instanceId of groupBy(tasks, (task) => task.containerInstanceId).keys()) this.#issue(instanceId);
      this.#show();
      return outcome;
    } catch (error) {
      if (error instanceof ApplicationFailure) this.#refusal = error;
      throw error;
    }
  }

  async stopTask(command: StopTaskCommand): Promise<undefined> {
    const task = this.#tasks.get(command.taskId);
    const reason = { stopCode: 'UserInitiated', stoppedReason: command.reason } as const;
    if (task && this.#tasks.requestStop(command.taskId, reason, Date.now())) {
      this.#host.stop(task.containerInstanceId, [task.taskId]);
      this.#show();
    }
    await this.#writer.flushed();
  }

  applyReports(reports: readonly TaskReport[]): void {
    for (const report of reports) this.#tasks.apply(report);
    this.#show();
  }

  instanceNotice(notice: InstanceNotice): void {
    const { containerInstanceId, kind, stoppedReason = '' } = notice;
    if (kind === 'lost') {
      this.#host.forget(containerInstanceId);
      const reason = { stopCode: 'TerminationNotice', stoppedReason } as const;
      for (const task of this.#tasks.on(containerInstanceId)) this.#tasks.lose(task.taskId, reason, Date.now());
    } else if (kind === 'returned') {
      this.#host.forget(containerInstanceId);
      this.#issue(containerInstanceId);
    }
    // draining and active: standalone tasks are untouched by either.
    this.#show();
  }

  #repeated(command: RunTaskCommand): RunTaskOutcome {
    const first = this.#command;
    const outcome = this.#outcome;
    if (!first || !outcome) throw ApplicationFailure.nonRetryable('The call has no outcome.', 'ServerException');
    if (first.digest === command.digest) return outcome;
    throw ApplicationFailure.nonRetryable(
      'The clientToken was used before with other parameters. Use a new clientToken, or repeat the call unchanged.',
      'ConflictException',
      { resourceIds: outcome.taskIds.map((taskId) => this.#arn(first, taskId)) },
    );
  }

  #issue(instanceId: string): void {
    const command = this.#command;
    if (!command) return;
    const { launches, stops } = inFlight(this.#tasks.on(instanceId));
    if (launches.length > 0)
      this.#host.launch(
        instanceId,
        launches.map((task) => this.#launchOf(command, task)),
      );
    if (stops.length > 0) this.#host.stop(instanceId, stops);
  }

  #launchOf(command: RunTaskCommand, task: OwnedTask): TaskLaunch {
    return {
      taskId: task.taskId,
      taskArn: this.#arn(command, task.taskId),
      taskDefinitionArn: command.taskDefinition.taskDefinitionArn,
      group: command.group,
      launchType: command.launchType,
      overrides: command.overrides,
      ...(command.networkConfiguration ? { networkConfiguration: command.networkConfiguration } : {}),
      ...(task.gpuIds ? { gpuIds: task.gpuIds } : {}),
    };
  }

  #arn(command: RunTaskCommand, taskId: string): string {
    const partition = parseArn(command.taskDefinition.taskDefinitionArn);
    return partition ? taskArn(partition, command.clusterName, taskId) : taskId;
  }

  #show(): void {
    const waiting = this.#outcome === undefined ? 'placement' : 'the tasks to stop';
    setCurrentDetails(taskListDetails(this.#tasks.all, `Waits for ${waiting}.`));
  }
}
