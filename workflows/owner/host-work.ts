/** Launches and stops under way on container instances, beside the owner's loop: a slow pull never blocks a decision. */
import { CancellationScope, isCancellation, log, proxyActivities, sleep } from '@temporalio/workflow';
import type { HostActivities, TaskLaunch } from '../../activities/host/types.ts';
import { type Columns, fromColumns, toColumns } from '../../model/columns.ts';
import { instanceTaskQueue } from '../../model/container-instance.ts';
import type { TaskDefinitions } from '../../model/service.ts';
import type { TaskReport } from '../../model/task.ts';
import { shortName } from '../../model/arn.ts';
import { CommandBudget } from './command-budget.ts';

/** A host may vanish; a launch may pull for hours. The heartbeat tells a dead agent, this bound a lost one. */
const HOST_ACTIVITY_OPTIONS = {
  scheduleToCloseTimeout: '24h',
  heartbeatTimeout: '20s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '10s' },
} as const;

const RETRY_PAUSE_MS = 5_000;

export interface HostWorkOptions {
  readonly clusterName: string;
  readonly ownerWorkflowId: string;
  /** Looked up when a launch is issued. */
  readonly taskDefinitions: () => TaskDefinitions;
  /** Still to be launched: asked again before a failed activity is repeated. */
  readonly isWanted: (taskId: string, kind: 'launch' | 'stop') => boolean;
  /** What became of a batch, as far as no signal has told it. */
  readonly onReports: (reports: readonly TaskReport[]) => void;
}

const summaryOf = (verb: string, labels: readonly string[], instanceId: string): string => {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const what = [...counts].map(([label, n]) => `${label} ×${n}`).join(', ');
  return `${verb} ${what} on ${instanceId.slice(0, 8)}`;
};

export class HostWork {
  readonly #options: HostWorkOptions;
  /** One scope per instance: lost or returned instances have theirs cancelled and, when returned, issued again. */
  readonly #scopes = new Map<string, CancellationScope>();
  readonly #budget = new CommandBudget();
  #underWay = 0;

  constructor(options: HostWorkOptions) {
    this.#options = options;
  }

  /** Batches that were issued and are not done. */
  get underWay(): number {
    return this.#underWay;
  }

  /** Issues one activity with the whole batch; returns at once. */
  launch(instanceId: string, tasks: readonly TaskLaunch[]): void {
    this.#issue(instanceId, () => this.#launchUntilDone(instanceId, tasks));
  }

  /** Issues one activity that stops the batch; returns at once. */
  stop(instanceId: string, taskIds: readonly string[]): void {
    this.#issue(instanceId, () => this.#stopUntilDone(instanceId, taskIds));
  }

  /** Ends the wait for everything under way on the instance. */
  forget(instanceId: string): void {
    this.#scopes.get(instanceId)?.cancel();
    this.#scopes.delete(instanceId);
  }

  #issue(instanceId: string, work: () => Promise<void>): void {
    let scope = this.#scopes.get(instanceId);
    if (!scope) {
      scope = new CancellationScope();
      this.#scopes.set(instanceId, scope);
    }
    this.#underWay += 1;
    scope
      .run(work)
      .catch((error: unknown) => {
        if (!isCancellation(error)) throw error;
      })
      .finally(() => (this.#underWay -= 1));
  }

  async #launchUntilDone(instanceId: string, tasks: readonly TaskLaunch[]): Promise<void> {
    const { clusterName, ownerWorkflowId } = this.#options;
    let wanted = tasks;
    while (wanted.length > 0) {
      const activities = this.#activities(
        instanceId,
        summaryOf(
          'launch',
          wanted.map((task) => shortName(task.taskDefinitionArn)),
          instanceId,
        ),
      );
      const all = this.#options.taskDefinitions();
      const arns = [...new Set(wanted.map((task) => task.taskDefinitionArn))];
      const taskDefinitions = Object.fromEntries(arns.flatMap((arn) => (all[arn] ? [[arn, all[arn]]] : [])));
      const batch = { clusterName, containerInstanceId: instanceId, ownerWorkflowId, taskDefinitions };
      const input = { ...batch, tasks: toColumns(wanted) };
      if (await this.#succeeds(input, wanted, () => activities.launchTasks(input))) return;
      wanted = wanted.filter((task) => this.#options.isWanted(task.taskId, 'launch'));
    }
  }

  async #stopUntilDone(instanceId: string, taskIds: readonly string[]): Promise<void> {
    let wanted = taskIds;
    while (wanted.length > 0) {
      const activities = this.#activities(instanceId, `stop ${wanted.length} on ${instanceId.slice(0, 8)}`);
      const tasks = wanted.map((taskId) => ({ taskId }));
      const input = { containerInstanceId: instanceId, ownerWorkflowId: this.#options.ownerWorkflowId, tasks };
      if (await this.#succeeds(input, tasks, () => activities.stopTasks(input))) return;
      wanted = wanted.filter((taskId) => this.#options.isWanted(taskId, 'stop'));
    }
  }

  #activities(instanceId: string, summary: string) {
    return proxyActivities<HostActivities>({
      ...HOST_ACTIVITY_OPTIONS,
      taskQueue: instanceTaskQueue(instanceId),
      summary,
    });
  }

  /** False after a failure that is worth another go; the pause keeps a broken host from spinning the workflow. */
  async #succeeds(
    input: unknown,
    tasks: readonly { readonly taskId: string }[],
    call: () => Promise<Columns<TaskReport>>,
  ): Promise<boolean> {
    try {
      await this.#budget.take(JSON.stringify(input).length);
      // An agent answers for the tasks that it was asked about, and for no others of the owner.
      const asked = new Set(tasks.map(({ taskId }) => taskId));
      const reports = fromColumns(await call()).filter(({ taskId }) => asked.has(taskId));
      if (reports.length > 0) this.#options.onReports(reports);
      return true;
    } catch (error) {
      if (isCancellation(error)) throw error;
      log.warn('work on a container instance failed; trying again', { error: String(error) });
      await sleep(RETRY_PAUSE_MS);
      return false;
    }
  }
}
