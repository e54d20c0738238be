/** The agent's reports: each goes to the owner of its task, if the task's row says that this instance holds it. */
import { z } from 'zod';
import { REPORT_TASKS, type ReportTasks, type ReportTasksAnswer } from '../../../model/agent-calls.ts';
import type { Task, TaskReport } from '../../../model/task.ts';
import type { AgentDoorCall } from '../call.ts';
import type { AgentIdentity } from '../identity.ts';
import { agentOf } from './instance.ts';
import { listOf, taskReport } from './schemas.ts';

/** More than the reporter's batches have. */
const MOST_REPORTS = 500;

type Row = Pick<Task, 'taskId' | 'containerInstanceId' | 'ownerWorkflowId'>;

export interface Sorted {
  readonly own: readonly TaskReport[];
  /** Ids of tasks that another instance or another owner has. */
  readonly refused: readonly string[];
}

/** Sorts reports by what the store's rows say of their tasks. A report whose task has no row is left out: nobody misses it. Pure. */
export function sortReports(
  { ownerWorkflowId, reports }: ReportTasks,
  rows: readonly Row[],
  { containerInstanceId }: Pick<AgentIdentity, 'containerInstanceId'>,
): Sorted {
  const known = new Map(rows.map((row) => [row.taskId, row]));
  const isOwn = (report: TaskReport): boolean => {
    const row = known.get(report.taskId);
    return (
      row?.containerInstanceId === containerInstanceId &&
      row.ownerWorkflowId === ownerWorkflowId &&
      report.containerInstanceId === containerInstanceId
    );
  };
  const ofKnown = reports.filter(({ taskId }) => known.has(taskId));
  const refused = ofKnown.filter((report) => !isOwn(report)).map(({ taskId }) => taskId);
  return { own: ofKnown.filter(isOwn), refused };
}

export const reportTasks: AgentDoorCall<ReportTasks, ReportTasksAnswer> = {
  name: REPORT_TASKS,
  request: z.object({
    ownerWorkflowId: z.string().min(1).max(1_000),
    reports: listOf(taskReport, MOST_REPORTS).refine(({ length }) => length > 0, 'must not be empty'),
  }),
  callers: ['agent'],
  async handle(request, context) {
    const identity = agentOf(context);
    const { ownerWorkflowId, reports } = request;
    const ids = [...new Set(reports.map(({ taskId }) => taskId))];
    const rows = await context.store.getTasks(identity.clusterName, ids);
    const { own, refused } = sortReports(request, rows, identity);
    if (refused.length > 0)
      context.refuse(`reported on tasks that it does not hold: ${refused.slice(0, 10).join(', ')}`);
    const outcome =
      own.length > 0
        ? await context.control.sendReports(ownerWorkflowId, own)
        : // Refused reports are done with. Of the others no row is left, or not yet after a loss of data.
          refused.length > 0
          ? 'delivered'
          : 'gone';
    return { outcome, refused };
  },
};
