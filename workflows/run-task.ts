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
  type StopTaskCommand,
} from './messages.ts';
import { afterFirstCall, firstCallCame, takeUpRows } from './owner/first-call.ts';
import { RunTaskOwner } from './run-task/run-task-owner.ts';
import type { CarriedRunTask } from './state.ts';

export async function runTaskWorkflow(input: RunTaskWorkflowInput, carried?: CarriedRunTask): Promise<void> {
  let owner = new RunTaskOwner(input.clusterName, carried);
  setHandler(placeUpdate, (command) => owner.place(command));
  let isKnown = carried !== undefined;
  setHandler(
    stopTaskUpdate,
    afterFirstCall(
      () => isKnown || owner.isCalled,
      (command: StopTaskCommand) => owner.stopTask(command),
    ),
  );
  setHandler(taskReportsSignal, (reports) => owner.applyReports(reports));
  setHandler(capacityChangedSignal, () => owner.capacityChanged());
  setHandler(instanceNoticeSignal, (notice) => owner.instanceNotice(notice));
  setHandler(ownedTasksQuery, () => owner.ownedTasks);

  if (!carried && !(await firstCallCame(() => owner.isCalled))) {
    const { workflowId: ownerWorkflowId } = workflowInfo();
    const found = await takeUpRows((activities) => activities.takeUpRunTask({ ownerWorkflowId }));
    // The call may have come meanwhile.
    if (found && !owner.isCalled) owner = new RunTaskOwner(input.clusterName, found);
    isKnown = true;
    if (!owner.isCalled) return condition(allHandlersFinished);
  }
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
  while (owner.isInDoubt || !isOver()) {
    const dueAt = owner.provisioningDueAt;
    const isUp = (): boolean => owner.isInDoubt || isOver();
    if (owner.isInDoubt) await owner.mend();
    else if (dueAt === undefined) await condition(() => isUp() || owner.provisioningDueAt !== undefined);
    else if (isDue()) await owner.provision();
    else await condition(() => isUp() || isDue(), dueAt - Date.now());
  }
}
