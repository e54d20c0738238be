/** The interface that reads tasks. */
import type { RunTaskAnswer } from '../../model/reservation.ts';
import type { DescribedTask, Task } from '../../model/task.ts';
import type { EpochMs } from '../../model/time.ts';
import type { Page, PageRequest } from './page.ts';

export interface TaskFilter {
  readonly clusterName: string;
  readonly desiredStatus?: 'RUNNING' | 'STOPPED';
  readonly family?: string;
  readonly serviceName?: string;
  readonly startedBy?: string;
  readonly containerInstanceId?: string;
  readonly launchType?: string;
}

export interface TaskStore {
  getTasks(clusterName: string, taskIds: readonly string[]): Promise<readonly DescribedTask[]>;
  /** Ids, in a stable order. */
  listTasks(filter: TaskFilter, page: PageRequest): Promise<Page<string>>;
  /** Finds a task in any cluster. */
  findTask(taskId: string): Promise<Task | undefined>;
  getRunTaskRequest(clusterName: string, clientToken: string, now: EpochMs): Promise<RunTaskAnswer | undefined>;
  /** Removes STOPPED tasks older than the retention. Returns how many. */
  purgeStoppedTasks(stoppedBefore: EpochMs): Promise<number>;
}
