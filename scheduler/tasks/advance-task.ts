/** How an agent's report advances a task: forwards only, and a repeat changes nothing. */
import { statusRank } from '../../model/status.ts';
import type { DesiredStatus, HealthStatus, StopCode, TaskStatus } from '../../model/status.ts';
import type { TaskChanges, TaskReport } from '../../model/task.ts';
import type { EpochMs } from '../../model/time.ts';
import { textHash } from './text-hash.ts';

/** What every owner keeps about a task, whatever else it keeps. */
export interface AdvanceableTask {
  readonly lastStatus: TaskStatus;
  readonly desiredStatus: DesiredStatus;
  readonly healthStatus: HealthStatus;
  readonly startedAt?: EpochMs;
  readonly stopCode?: StopCode;
  readonly stoppedReason?: string;
  /** Hash of the last applied report: distinguishes a repeat from a report with new details of the containers. */
  readonly reportMark?: number;
  /** `reportedAt` of the latest report received, applied or not; see TaskReport. */
  readonly reportedAt?: EpochMs;
  readonly version: number;
}

/** The status that a report means: RUNNING without an essential container means that the agent is stopping the rest. */
const reportedStatus = (report: TaskReport): TaskStatus =>
  report.lastStatus === 'RUNNING' && report.executionStoppedAt !== undefined ? 'STOPPING' : report.lastStatus;

/** A later report of the same status arrived first. A clock that was set back must not hide a new status. */
const isOvertaken = (task: AdvanceableTask, report: TaskReport): boolean =>
  report.reportedAt !== undefined &&
  report.reportedAt < (task.reportedAt ?? 0) &&
  statusRank(reportedStatus(report)) === statusRank(task.lastStatus);

/** STOPPED is final: no later report changes the task. */
const isStale = (task: AdvanceableTask, report: TaskReport): boolean =>
  task.lastStatus === 'STOPPED' ||
  statusRank(reportedStatus(report)) < statusRank(task.lastStatus) ||
  isOvertaken(task, report);

const reportMark = ({ reportedAt: _at, ...report }: TaskReport): number => textHash(JSON.stringify(report));

/** A stopping task must not run again, whoever decided to stop it. */
const desiredAfter = (task: AdvanceableTask, report: TaskReport): DesiredStatus =>
  statusRank(reportedStatus(report)) > statusRank('RUNNING') ? 'STOPPED' : task.desiredStatus;

const isEndNews = (before: AdvanceableTask, report: TaskReport): boolean =>
  before.desiredStatus === 'RUNNING' && desiredAfter(before, report) === 'STOPPED';

/** The owner's reason came first and stays; otherwise the agent's, which has both code and text. */
function stopCause(task: AdvanceableTask, report: TaskReport): Pick<TaskChanges, 'stopCode' | 'stoppedReason'> {
  if (task.stopCode !== undefined || task.stoppedReason !== undefined) return {};
  return {
    ...(report.stopCode === undefined ? {} : { stopCode: report.stopCode }),
    ...(report.stoppedReason === undefined ? {} : { stoppedReason: report.stoppedReason }),
  };
}

/** The members that both owner and row have, if the report changes them. */
function commonChanges(task: AdvanceableTask, report: TaskReport) {
  const lastStatus = reportedStatus(report);
  const desiredStatus = desiredAfter(task, report);
  const { healthStatus, startedAt } = report;
  return {
    ...(lastStatus === task.lastStatus ? {} : { lastStatus }),
    ...(desiredStatus === task.desiredStatus ? {} : { desiredStatus }),
    ...(healthStatus === undefined || healthStatus === task.healthStatus ? {} : { healthStatus }),
    ...(startedAt === undefined || task.startedAt !== undefined ? {} : { startedAt }),
    ...stopCause(task, report),
  };
}

/**
 * The task after a report, with the next version; 'unchanged' if the report is stale (has an earlier status) or repeats
 * the last one. Statuses only rise, startedAt is set once, and the owner's reason to stop wins over the agent's.
 */
export function advanceTask<T extends AdvanceableTask>(task: T, report: TaskReport): T | 'unchanged' {
  if (isStale(task, report)) return 'unchanged';
  const mark = reportMark(report);
  if (task.reportMark === mark) return 'unchanged';
  return { ...heardOf(task, report), ...commonChanges(task, report), reportMark: mark, version: task.version + 1 };
}

/** Remembers the report's time even if the report changes nothing: earlier reports that arrive later are stale. */
export function heardOf<T extends AdvanceableTask>(task: T, { reportedAt = 0 }: TaskReport): T {
  return reportedAt > (task.reportedAt ?? 0) ? { ...task, reportedAt } : task;
}

/**
 * What the same report changes in the task's row; `before` is the task before advanceTask. Empty if advanceTask returns
 * 'unchanged'. The patch has the version of the advanced task.
 */
export function taskChanges(before: AdvanceableTask, report: TaskReport): TaskChanges {
  if (isStale(before, report) || before.reportMark === reportMark(report)) return {};
  const { attachments, pullStartedAt, pullStoppedAt, executionStoppedAt, stoppedAt, reportedAt } = report;
  const stoppingAt = isEndNews(before, report) ? (executionStoppedAt ?? stoppedAt ?? reportedAt) : undefined;
  return {
    containers: report.containers,
    ...commonChanges(before, report),
    ...(attachments === undefined ? {} : { attachments }),
    ...(pullStartedAt === undefined ? {} : { pullStartedAt }),
    ...(pullStoppedAt === undefined ? {} : { pullStoppedAt }),
    ...(executionStoppedAt === undefined ? {} : { executionStoppedAt }),
    ...(stoppingAt === undefined ? {} : { stoppingAt }),
    ...(stoppedAt === undefined ? {} : { stoppedAt }),
  };
}
