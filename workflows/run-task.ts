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
  setHandler(taskReportsSignal, (reports) => owner.tell({ kind: 'reports', reports }));
  setHandler(capacityChangedSignal, () => owner.tell({ kind: 'capacityChanged' }));
  setHandler(instanceNoticeSignal, (notice) => owner.noticed(notice));
  setHandler(ownedTasksQuery, () => owner.ownedTasks);

  if (!carried && !(await firstCallCame(() => owner.isCalled))) return condition(allHandlersFinished);
  owner.tell({ kind: 'resume' });
  await untilOver(owner);
  // Nothing may be half done or unwritten when a run ends: what is queued dies with it.
  await condition(() => allHandlersFinished() && owner.isRecorded);
  const rest = owner.carry();
  if (rest) await continueAsNew<typeof runTaskWorkflow>(input, rest);
}

/** Until every task has stopped or the history is long. Meanwhile tasks may wait for capacity. */
async function untilOver(owner: RunTaskOwner): Promise<void> {
  const isOver = (): boolean => owner.ended || workflowInfo().continueAsNewSuggested;
  const isDue = (): boolean => (owner.dueToPlace ?? Infinity) <= Date.now();
  while (!isOver()) {
    const dueAt = owner.dueToPlace;
    if (dueAt === undefined) await condition(() => isOver() || owner.dueToPlace !== undefined);
    else if (isDue()) await owner.placeWaiting();
    else await condition(() => isOver() || isDue(), dueAt - Date.now());
  }
}
