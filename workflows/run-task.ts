/** One RunTask or StartTask call: places its tasks in the same call and lives until the last of them has stopped. */
import { allHandlersFinished, condition, continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow';
import {
  instanceNoticeSignal,
  placeUpdate,
  stopTaskUpdate,
  taskReportsSignal,
  type RunTaskWorkflowInput,
} from './messages.ts';
import { RunTaskOwner } from './run-task/run-task-owner.ts';
import type { CarriedRunTask } from './state.ts';

export async function runTaskWorkflow(input: RunTaskWorkflowInput, carried?: CarriedRunTask): Promise<void> {
  const owner = new RunTaskOwner(input.clusterName, carried);
  setHandler(placeUpdate, (command) => owner.place(command));
  setHandler(stopTaskUpdate, (command) => owner.stopTask(command));
  setHandler(taskReportsSignal, (reports) => owner.applyReports(reports));
  setHandler(instanceNoticeSignal, (notice) => owner.instanceNotice(notice));

  owner.resume();
  await condition(() => owner.ended || workflowInfo().continueAsNewSuggested);
  // Nothing may be half done or unwritten when a run ends: what is queued dies with it.
  await condition(() => allHandlersFinished() && owner.isRecorded);
  const rest = owner.carry();
  if (rest) await continueAsNew<typeof runTaskWorkflow>(input, rest);
}
