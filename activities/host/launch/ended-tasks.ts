/** The host's tasks that have ended, with the last report of each, so that a late order does not start them again. */
import type { TaskReport } from '../../../model/task.ts';
import type { EpochMs } from '../../../model/time.ts';

/** How many are remembered after their clean-up. */
const REMEMBERED_TASKS = 10_000;

export interface EndedTasksDeps {
  readonly containerInstanceId: string;
  readonly now: () => EpochMs;
  readonly report: (ownerWorkflowId: string, report: TaskReport) => void;
}

export class EndedTasks {
  readonly #deps: EndedTasksDeps;
  readonly #reports = new Map<string, TaskReport>();

  constructor(deps: EndedTasksDeps) {
    this.#deps = deps;
  }

  remember(report: TaskReport): void {
    this.#reports.set(report.taskId, report);
    const [oldest] = this.#reports.keys();
    if (this.#reports.size > REMEMBERED_TASKS && oldest !== undefined) this.#reports.delete(oldest);
  }

  /** Reports the task again if it has ended; returns false if it has not. */
  reportAgain(taskId: string, ownerWorkflowId: string): boolean {
    const ended = this.#reports.get(taskId);
    if (ended !== undefined) this.#deps.report(ownerWorkflowId, ended);
    return ended !== undefined;
  }

  /** Reports a task that is not here as STOPPED, with its last report or, without one, with the reason given. */
  report(taskId: string, ownerWorkflowId: string, why: Pick<TaskReport, 'stopCode' | 'stoppedReason'> = {}): void {
    const report: TaskReport = this.#reports.get(taskId) ?? {
      taskId,
      containerInstanceId: this.#deps.containerInstanceId,
      lastStatus: 'STOPPED',
      containers: [],
      stoppedAt: this.#deps.now(),
      ...why,
    };
    this.remember(report);
    this.#deps.report(ownerWorkflowId, report);
  }
}
