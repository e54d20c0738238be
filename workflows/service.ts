/** One service: keeps its desired count running, from CreateService until its last task has stopped after DeleteService. */
import { ApplicationFailure, condition, continueAsNew, allHandlersFinished, setHandler } from '@temporalio/workflow';
import {
  capacityChangedSignal,
  changeTaskSetUpdate,
  continueServiceDeploymentUpdate,
  createServiceUpdate,
  createTaskSetUpdate,
  deleteServiceUpdate,
  instancesChangedSignal,
  instanceNoticeSignal,
  ownedTasksQuery,
  protectTasksUpdate,
  serviceRowQuery,
  stopServiceDeploymentUpdate,
  stopTaskUpdate,
  taskReportsSignal,
  updateServiceUpdate,
  type ServiceWorkflowInput,
} from './messages.ts';
import { firstCallCame } from './owner/first-call.ts';
import { newServiceState } from './service/new-service.ts';
import { continueServiceDeployment, stopServiceDeployment } from './service/rollout-orders.ts';
import { ServiceOwner } from './service/service-owner.ts';
import { packService, unpackService, type PackedService } from './state.ts';

export async function serviceWorkflow(input: ServiceWorkflowInput, packed?: PackedService): Promise<void> {
  let owner = packed ? new ServiceOwner(unpackService(packed)) : undefined;
  const active = (incarnation?: string): ServiceOwner => {
    if (owner?.state.status === 'ACTIVE' && (incarnation ?? owner.state.incarnation) === owner.state.incarnation)
      return owner;
    throw ApplicationFailure.nonRetryable('Service was not ACTIVE.', 'ServiceNotActiveException');
  };

  setHandler(createServiceUpdate, async (command) => {
    if (owner && owner.state.status !== 'INACTIVE') return owner.createdAgain(command);
    const created = new ServiceOwner({ state: newServiceState(command, Date.now()), tasks: [] });
    owner = created;
    created.createdBy(command);
    await created.recorded();
    return { incarnation: command.incarnation };
  });
  setHandler(updateServiceUpdate, (command) => active(command.incarnation).update(command));
  setHandler(deleteServiceUpdate, (command) => active(command.incarnation).delete(command));
  setHandler(stopServiceDeploymentUpdate, (command) =>
    active(command.incarnation).orderRollout(stopServiceDeployment, command),
  );
  setHandler(continueServiceDeploymentUpdate, (command) =>
    active(command.incarnation).orderRollout(continueServiceDeployment, command),
  );
  setHandler(createTaskSetUpdate, (command) => active(command.incarnation).createTaskSet(command));
  setHandler(changeTaskSetUpdate, (command) => active(command.incarnation).changeTaskSet(command));
  setHandler(protectTasksUpdate, (command) => (owner ?? active()).protectTasks(command));
  setHandler(stopTaskUpdate, async (command) => owner?.stopTask(command));
  setHandler(taskReportsSignal, (reports) => owner?.applyReports(reports));
  setHandler(instanceNoticeSignal, (notice) => owner?.instanceNotice(notice));
  setHandler(instancesChangedSignal, (called) => owner?.instancesChanged(called));
  setHandler(capacityChangedSignal, () => owner?.capacityChanged());
  setHandler(ownedTasksQuery, () => owner?.ownedTasks ?? []);
  setHandler(serviceRowQuery, () => owner?.row ?? null);

  if (!(await firstCallCame(() => owner !== undefined))) await condition(allHandlersFinished);
  // A service that is created anew while this run is ending goes on in it.
  while (owner && owner.state.status !== 'INACTIVE') {
    const current: ServiceOwner = owner;
    const goesOn = await current.run();
    // Nothing may be half done or unwritten when a run ends: what is queued dies with it.
    await condition(() => allHandlersFinished() && current.isRecorded);
    if (goesOn) await continueAsNew<typeof serviceWorkflow>(input, packService(current.carry()));
  }
}
