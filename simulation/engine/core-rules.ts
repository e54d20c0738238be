/**
 * What the SDK's core does between the server and a workflow (crates/sdk-core/src/worker/workflow of
 * @temporalio/core-bridge): the order in which a workflow learns of what happened, and which of its commands reach the
 * server.
 */
import type { Command, Job } from './sandbox.ts';

/**
 * Core gives signals and updates the same rank, but the server delivers updates after everything else in a workflow
 * task.
 */
function rank(job: Job): number {
  if (job.initializeWorkflow) return 0;
  if (job.notifyHasPatch) return 1;
  if (job.signalWorkflow) return 2;
  if (job.doUpdate) return 3;
  return job.resolveActivity?.isLocal ? 5 : 4;
}

/** The jobs of one activation, in the order in which the workflow gets them. */
export const ordered = (jobs: readonly Job[]): Job[] => jobs.toSorted((a, b) => rank(a) - rank(b));

/** Whether nothing follows this command in a run. */
export const isClosing = (command: Command): boolean =>
  Boolean(
    command.completeWorkflowExecution ??
    command.failWorkflowExecution ??
    command.continueAsNewWorkflowExecution ??
    command.cancelWorkflowExecution,
  );

/**
 * The commands of a workflow task as they are sent: without timers and activities that the same workflow task both
 * began and cancelled, and with only the first of the commands that end the run, in the last place.
 */
export function asSent(commands: readonly Command[]): Command[] {
  const timers = bothOf(commands, (command) => [command.startTimer?.seq, command.cancelTimer?.seq]);
  const activities = bothOf(commands, (command) => [command.scheduleActivity?.seq, command.requestCancelActivity?.seq]);
  const sent = commands.filter(({ startTimer, cancelTimer, scheduleActivity, requestCancelActivity }) => {
    const [timer, activity] = [startTimer ?? cancelTimer, scheduleActivity ?? requestCancelActivity];
    return !(timer && timers.has(timer.seq ?? 0)) && !(activity && activities.has(activity.seq ?? 0));
  });
  const [last] = sent.filter(isClosing);
  return [...sent.filter((command) => !isClosing(command)), ...(last ? [last] : [])];
}

type Numbers = readonly [begun: number | null | undefined, givenUp: number | null | undefined];

/** The numbers of what the workflow task both began and cancelled. */
function bothOf(commands: readonly Command[], numbersOf: (command: Command) => Numbers): ReadonlySet<number> {
  const begun = new Set(commands.flatMap((command) => numbersOf(command)[0] ?? []));
  return new Set(commands.flatMap((command) => numbersOf(command)[1] ?? []).filter((seq) => begun.has(seq)));
}

/**
 * Ids of updates that the workflow task rejected before they began: those among its jobs that it did not accept. The server keeps
 * nothing of them. An update that fails in a later workflow task than the one that accepted it is kept.
 */
export function turnedDown(commands: readonly Command[], jobs: readonly Job[]): ReadonlySet<string> {
  const came = new Set(jobs.flatMap(({ doUpdate }) => doUpdate?.protocolInstanceId ?? []));
  const answers = commands.flatMap(({ updateResponse }) => updateResponse ?? []);
  const accepted = new Set(answers.flatMap(({ accepted: yes, protocolInstanceId: id }) => (yes && id ? [id] : [])));
  const rejected = answers.flatMap(({ rejected: no, protocolInstanceId: id }) => (no && id ? [id] : []));
  return new Set(rejected.filter((id) => came.has(id) && !accepted.has(id)));
}

/** How many events these jobs have in the server's history. */
export function eventsOfJobs(jobs: readonly Job[]): number {
  // An update gets its events with its answer. An activity has one event for its begin and one for its end.
  return jobs.reduce((sum, { doUpdate, resolveActivity }) => sum + (doUpdate ? 0 : resolveActivity ? 2 : 1), 0);
}

/** How many events these commands have in the server's history. */
export const eventsOfCommands = (commands: readonly Command[]): number =>
  // A patch has a marker and a search attribute that names it.
  commands.reduce((sum, { setPatchMarker }) => sum + (setPatchMarker ? 2 : 1), 0);
