/** One RunTask or StartTask call: places its tasks in the same call and lives until the last of them has stopped. */
import { allHandlersFinished, condition, continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow';
import {
  capacityChangedSignal,
  instanceNoticeSignal,
  ownedTasksQuery,
  placeUpdate,
  stopTaskUpdate,
  taskReportsSignal,
  type RunTaskWorkflowInput,
} from './messages.ts';
import { firstCallCame } from './owner/first-call.ts';
import { RunTaskOwner } from './run-task/run-task-owner.ts';
import type { CarriedRunTask } from './state.ts';

export async function runTaskWorkflow(input: RunTaskWorkflowInput, carried?: CarriedRunTask): Promise<void> {
  const owner = new RunTaskOwner(input.clusterName, carried);
  setHandler(placeUpdate, (command) => owner.place(command));
  setHandler(stopTaskUpdate, (command) => owner.stopTask(command));
  setHandler(taskReportsSignal, (reports) => owner.applyReports(reports));
  setHandler(capacityChangedSignal, () => owner.capacityChanged());
  setHandler(instanceNoticeSignal, (notice) => owner.instanceNotice(notice));
  setHandler(ownedTasksQuery, () => owner.ownedTasks);

  if (!carried && !(await firstCallCame(() => owner.isCalled))) return condition(allHandlersFinished);
  owner.resume();
  await untilOver(owner);
  // Nothing may be half done or unwritten when a run ends: what is queued dies with it.
  await condition(() => allHandlersFinished() && owner.isRecorded);
  const rest = owner.carry();
  if (rest) await continueAsNew<typeof runTaskWorkflow>(input, rest);
}

/** Until every task has stopped or the history is long. Meanwhile tasks may wait for capacity. */
async function untilOver(owner: RunTaskOwner): Promise<void> {
  const isOver = (): boolean => owner.ended || workflowInfo().continueAsNewSuggested;
  const isDue = (): boolean => (owner.provisioningDueAt ?? Infinity) <= Date.now();
  while (!isOver()) {
    const dueAt = owner.provisioningDueAt;
    if (dueAt === undefined) await condition(() => isOver() || owner.provisioningDueAt !== undefined);
    else if (isDue()) await owner.provision();
    else await condition(() => isOver() || isDue(), dueAt - Date.now());
  }
}
