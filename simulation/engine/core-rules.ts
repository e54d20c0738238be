/**
 * What the SDK's core does between the server and a workflow (crates/sdk-core/src/worker/workflow of @temporalio/core-bridge):
 * in which order the workflow is told of what came, and which of its commands reach the server at all.
 */
import type { Command, Job } from './sandbox.ts';

/** Core gives signals and updates the same rank, but the server hands updates out after all that a task has to tell. */
function rank(job: Job): number {
  if (job.initializeWorkflow) return 0;
  if (job.notifyHasPatch) return 1;
  if (job.signalWorkflow) return 2;
  if (job.doUpdate) return 3;
  return job.resolveActivity?.isLocal ? 5 : 4;
}

/** The jobs of one activation in the order in which a workflow is told of them. */
export const ordered = (jobs: readonly Job[]): Job[] => jobs.toSorted((a, b) => rank(a) - rank(b));

/** Commands after which nothing follows in a run. */
export const isClosing = (command: Command): boolean =>
  Boolean(
    command.completeWorkflowExecution ??
    command.failWorkflowExecution ??
    command.continueAsNewWorkflowExecution ??
    command.cancelWorkflowExecution,
  );

/**
 * A workflow task's commands as they are sent: without timers and activities that the same task began and gave up, and the
 * first of those that end the run in the last place.
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

/** What the task both began and gave up. */
function bothOf(commands: readonly Command[], numbersOf: (command: Command) => Numbers): ReadonlySet<number> {
  const begun = new Set(commands.flatMap((command) => numbersOf(command)[0] ?? []));
  return new Set(commands.flatMap((command) => numbersOf(command)[1] ?? []).filter((seq) => begun.has(seq)));
}

/** Updates that the task turned down before they began: the server keeps nothing of them. */
export function turnedDown(commands: readonly Command[]): ReadonlySet<string> {
  const answers = commands.flatMap(({ updateResponse }) => updateResponse ?? []);
  const accepted = new Set(answers.flatMap(({ accepted: yes, protocolInstanceId: id }) => (yes && id ? [id] : [])));
  const rejected = answers.flatMap(({ rejected: no, protocolInstanceId: id }) => (no && id ? [id] : []));
  return new Set(rejected.filter((id) => !accepted.has(id)));
}

/** How many events the server's history has for what a run was told. */
export function eventsOfJobs(jobs: readonly Job[]): number {
  // An update has its events when it is answered; an activity began before it ended.
  return jobs.reduce((sum, { doUpdate, resolveActivity }) => sum + (doUpdate ? 0 : resolveActivity ? 2 : 1), 0);
}

/** How many events the server's history has for commands. */
export const eventsOfCommands = (commands: readonly Command[]): number =>
  // A patch's marker comes with the search attribute that names it.
  commands.reduce((sum, { setPatchMarker }) => sum + (setPatchMarker ? 2 : 1), 0);
