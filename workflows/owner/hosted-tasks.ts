/** The tasks of one owner together with the work on their container instances: stops, launches, news of instances. */
import { workflowInfo } from '@temporalio/workflow';
import { groupBy } from '../../model/group-by.ts';
import type { Assignment } from '../../model/reservation.ts';
import type { TaskLaunch } from '../../activities/host/types.ts';
import type { TaskDefinitions } from '../../model/service.ts';
import type { TaskReport } from '../../model/task.ts';
import type { InstanceNotice, StopTaskCommand } from '../messages.ts';
import { SPOT_INTERRUPTION } from '../../scheduler/reconcile/spot-interruption.ts';
import { HostWork } from './host-work.ts';
import { isWaiting, OwnedTasks, type OwnedTask, type StopReason } from './owned-tasks.ts';
import type { RecordWriter } from './record-writer.ts';
import { inFlight } from './relaunch.ts';

export interface HostedTasksOptions<T extends OwnedTask> {
  readonly clusterName: string;
  readonly writer: RecordWriter;
  /** Tasks that a previous run left. */
  readonly carried: readonly T[];
  /** Looked up when a launch is issued. */
  readonly taskDefinitions: () => TaskDefinitions;
  /** What an agent needs to launch the task. */
  readonly launchOf: (task: T) => TaskLaunch;
  /** Reports that come as the answer to a launch or a stop. */
  readonly onReports: (reports: readonly TaskReport[]) => void;
}

export interface TaskStop {
  readonly taskId: string;
  readonly reason: StopReason;
}

export class HostedTasks<T extends OwnedTask> {
  readonly owned: OwnedTasks<T>;
  readonly #host: HostWork;
  readonly #launchOf: (task: T) => TaskLaunch;

  constructor({ clusterName, writer, carried, taskDefinitions, launchOf, onReports }: HostedTasksOptions<T>) {
    this.#launchOf = launchOf;
    this.owned = new OwnedTasks(writer, carried);
    this.#host = new HostWork({
      clusterName,
      ownerWorkflowId: workflowInfo().workflowId,
      taskDefinitions,
      onReports,
      isWanted: (taskId, kind) => {
        const task = this.owned.get(taskId);
        if (!task) return false;
        const { launches, stops } = inFlight([task]);
        return kind === 'launch' ? launches.length > 0 : stops.length > 0;
      },
    });
  }

  /** Launches and stops, a batch an instance, that are not done. */
  get batchesUnderWay(): number {
    return this.#host.underWay;
  }

  /** Takes in tasks that were just reserved, and issues one launch per instance. Those that wait for one are only taken in. */
  start(tasks: readonly T[]): void {
    for (const task of tasks) this.owned.add(task);
    this.#launchAll(tasks.filter((task) => !isWaiting(task)));
  }

  /** Tasks that waited have their instances: issues one launch per instance. */
  assign(assigned: readonly (Assignment & { readonly gpuIds: readonly string[] })[], now: number): void {
    const tasks = assigned.flatMap(
      ({ taskId, gpuIds, ...place }) =>
        this.owned.assign(taskId, gpuIds.length === 0 ? place : { ...place, gpuIds }, now) ?? [],
    );
    this.#launchAll(tasks);
  }

  /** Wants these gone, with one stop per instance. Those that are on their way out already stay as they are; false when all are. */
  stop(stops: readonly TaskStop[], now: number): boolean {
    const stopped = stops.flatMap(({ taskId, reason }) => {
      const task = this.owned.get(taskId);
      if (task && isWaiting(task)) {
        // There is nothing to stop anywhere.
        this.owned.lose(taskId, reason, now);
        return [task];
      }
      return task && this.owned.requestStop(taskId, reason, now) ? [task] : [];
    });
    const hosted = stopped.filter((task) => !isWaiting(task));
    for (const [instanceId, tasks] of groupBy(hosted, (task) => task.containerInstanceId)) {
      this.#host.stop(
        instanceId,
        tasks.map((task) => task.taskId),
      );
    }
    return stopped.length > 0;
  }

  /** StopTask. False when there is nothing left to stop. */
  stopByUser({ taskId, reason }: StopTaskCommand, now: number): boolean {
    return this.stop([{ taskId, reason: { stopCode: 'UserInitiated', stoppedReason: reason } }], now);
  }

  /** Issues again whatever is in flight, on every instance. */
  resume(): void {
    const hosted = this.owned.all.filter((task) => !isWaiting(task));
    for (const [instanceId, tasks] of groupBy(hosted, (task) => task.containerInstanceId)) {
      this.#issue(instanceId, tasks);
    }
  }

  /** What any owner does when an instance is lost, interrupted, or its agent is back; draining and active are the owner's own affair. */
  instanceNotice(notice: InstanceNotice, now: number): void {
    const { containerInstanceId, kind } = notice;
    if (kind === 'returned') {
      this.#host.forget(containerInstanceId);
      this.#issue(containerInstanceId, this.owned.on(containerInstanceId));
    } else if (kind === 'interrupted') {
      const stops = this.owned.on(containerInstanceId).map(({ taskId }) => ({ taskId, reason: SPOT_INTERRUPTION }));
      this.stop(stops, now);
    } else if (kind === 'lost') {
      this.#host.forget(containerInstanceId);
      const { stopCode = 'TerminationNotice', stoppedReason = '' } = notice;
      const reason = { stopCode, stoppedReason };
      for (const task of this.owned.on(containerInstanceId)) this.owned.lose(task.taskId, reason, now);
    }
  }

  #issue(instanceId: string, tasks: readonly T[]): void {
    const { launches, stops } = inFlight(tasks);
    if (launches.length > 0) this.#launch(instanceId, launches);
    if (stops.length > 0) this.#host.stop(instanceId, stops);
  }

  #launchAll(tasks: readonly T[]): void {
    for (const [instanceId, own] of groupBy(tasks, (task) => task.containerInstanceId)) this.#launch(instanceId, own);
  }

  #launch(instanceId: string, tasks: readonly T[]): void {
    this.#host.launch(
      instanceId,
      tasks.map((task) => this.#launchOf(task)),
    );
  }
}
