/** The owner of one RunTask or StartTask call: places its tasks, and feeds what it hears of them into the reducer. */
import { ApplicationFailure, condition, log, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { TaskLaunch } from '../../activities/host/types.ts';
import { parseArn, taskArn } from '../../model/arn.ts';
import type { StopTaskCommand } from '../../model/commands.ts';
import { heldTask, type HeldTask } from '../../model/held-task.ts';
import type { InstanceNotice } from '../../model/owner-signals.ts';
import { tasksOf, type OwnedTask } from '../../scheduler/owner/owned-task.ts';
import { waitingGroups, type WaitingGroup } from '../../scheduler/owner/provisioning.ts';
import {
  dueToPlace,
  reduceSafely,
  type RunTaskInput,
  type RunTaskState,
} from '../../scheduler/run-task-owner/reduce.ts';
import type { RunTaskCommand, RunTaskOutcome } from '../messages.ts';
import { Control } from '../owner/control.ts';
import { taskListDetails } from '../owner/details.ts';
import { given } from '../owner/given.ts';
import { OwnerEffects } from '../owner/owner-effects.ts';
import { placeAllWaiting } from '../owner/place-waiting.ts';
import { RecordWriter } from '../owner/record-writer.ts';
import { Reservations } from '../owner/reservations.ts';
import type { CarriedRunTask } from '../state.ts';
import { keepRequest, placeRunTask, requestOf } from './place-run-task.ts';

export class RunTaskOwner {
  readonly #clusterName: string;
  readonly #control = new Control();
  readonly #writer: RecordWriter;
  readonly #effects: OwnerEffects<OwnedTask>;
  readonly #reservations = new Reservations((notice) => this.tell({ kind: 'notice', notice }));
  #state: RunTaskState;
  #command: RunTaskCommand | undefined;
  #outcome: RunTaskOutcome | undefined;
  #refusal: ApplicationFailure | undefined;

  constructor(clusterName: string, carried: CarriedRunTask | undefined) {
    this.#clusterName = clusterName;
    this.#command = carried?.command;
    this.#outcome = carried?.outcome;
    this.#state = {
      tasks: tasksOf(carried?.tasks ?? []),
      ...(carried?.provisioning ? { provisioning: carried.provisioning } : {}),
      heard: [],
    };
    this.#writer = new RecordWriter(this.#control, clusterName);
    this.#effects = new OwnerEffects({
      clusterName,
      writer: this.#writer,
      tasks: () => this.#state.tasks,
      taskDefinitions: () =>
        this.#command ? { [this.#command.taskDefinition.taskDefinitionArn]: this.#command.taskDefinition } : {},
      launchOf: (task) => launchOf(this.#placed(), task),
      onReports: (reports) => {
        this.tell({ kind: 'reports', reports });
      },
    });
  }

  get isCalled(): boolean {
    return this.#command !== undefined;
  }

  /** Refused, or placed and every task STOPPED. */
  get ended(): boolean {
    return this.#refusal !== undefined || (this.#outcome !== undefined && this.#state.tasks.size === 0);
  }

  /** When tasks that wait for capacity are due to be placed; undefined while none waits. */
  get dueToPlace(): number | undefined {
    return this.#outcome === undefined ? undefined : dueToPlace(this.#state);
  }

  get ownedTasks(): readonly HeldTask[] {
    return [...this.#state.tasks.values()].map(heldTask);
  }

  get isRecorded(): boolean {
    return this.#writer.idle;
  }

  carry(): CarriedRunTask | undefined {
    if (this.ended || !this.#command || !this.#outcome) return undefined;
    const { tasks, provisioning } = this.#state;
    const state = { command: this.#command, outcome: this.#outcome, tasks: [...tasks.values()] };
    return { version: 1, ...state, ...(provisioning ? { provisioning } : {}) };
  }

  /** What the owner hears of its tasks. */
  tell(input: RunTaskInput): void {
    this.#reduce(input);
  }

  /** The error that nobody foresaw, for which the input was discarded. */
  #reduce(input: RunTaskInput): Error | undefined {
    const reduced = reduceSafely(this.#state, input, given());
    const error = 'error' in reduced ? reduced.error : undefined;
    this.#state = reduced.state;
    if (error) log.error('an input was discarded', { input: input.kind, err: String(error.stack) });
    for (const effect of reduced.effects) this.#effects.carryOut(effect);
    this.#show();
    return error;
  }

  /** A retried call finds the first one's answer, also while that is still being made. */
  async place(command: RunTaskCommand): Promise<RunTaskOutcome> {
    if (this.#command) {
      await condition(() => this.#outcome !== undefined || this.#refusal !== undefined);
      if (this.#refusal) throw this.#refusal;
      return this.#repeated(command);
    }
    this.#command = command;
    this.tell({ kind: 'called', ...(command.cause ? { cause: command.cause } : {}) });
    this.#reservations.begin();
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
      this.tell({ kind: 'placed', tasks });
      return outcome;
    } catch (error) {
      if (error instanceof ApplicationFailure) this.#refusal = error;
      throw error;
    } finally {
      this.#reservations.end();
    }
  }

  noticed(notice: InstanceNotice): void {
    this.tell({ kind: 'notice', notice });
    this.#reservations.heard(notice);
  }

  async stopTask(command: StopTaskCommand): Promise<undefined> {
    if (!this.#state.tasks.has(command.taskId) && this.#reservations.areUnderWay) await this.#reservations.settled();
    const error = this.#reduce({ kind: 'stopTask', command });
    if (error) throw ApplicationFailure.nonRetryable(error.message, 'ServerException');
    await this.#writer.flushed();
  }

  /** Tasks that wait for capacity get it, or are ended. */
  placeWaiting(): Promise<void> {
    return placeAllWaiting({
      reservations: this.#reservations,
      control: this.#control,
      clusterName: this.#clusterName,
      timeoutMs: this.#state.provisioningTimeoutMs,
      groups: () => this.#groups(),
      heard: () => this.#state.heard,
      tell: (input) => {
        this.tell(input);
      },
    });
  }

  #groups(): readonly WaitingGroup<OwnedTask>[] {
    return waitingGroups(
      this.#state.tasks,
      ({ capacityProviderName = '' }) => capacityProviderName,
      ({ capacityProviderName: name }, count) => ({
        request: requestOf(this.#placed(), name === undefined ? { count } : { count, capacityProviderName: name }),
        belongTo: {},
      }),
    );
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
    setCurrentDetails(taskListDetails([...this.#state.tasks.values()], `Waits for ${waiting}.`));
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
    ...(task.logDriverMode ? { logDriverMode: task.logDriverMode } : {}),
  };
}
