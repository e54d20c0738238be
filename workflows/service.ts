/** One service: keeps its desired count running, from CreateService until its last task has stopped after DeleteService. */
import {
  ApplicationFailure,
  condition,
  continueAsNew,
  allHandlersFinished,
  patched,
  setHandler,
} from '@temporalio/workflow';
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
import { ServiceOwner } from './service/service-owner.ts';
import { packService, unpackService, type PackedService } from './state.ts';

export async function serviceWorkflow(input: ServiceWorkflowInput, packed?: PackedService): Promise<void> {
  let owner = packed ? ServiceOwner.resumed(unpackService(packed)) : undefined;
  const active = (incarnation?: string): ServiceOwner => {
    if (owner?.state.status === 'ACTIVE' && (incarnation ?? owner.state.incarnation) === owner.state.incarnation)
      return owner;
    throw ApplicationFailure.nonRetryable('Service was not ACTIVE.', 'ServiceNotActiveException');
  };
  const done = async (call: Promise<unknown>): Promise<undefined> => {
    await call;
  };

  setHandler(createServiceUpdate, async (command) => {
    if (owner && owner.state.status !== 'INACTIVE') {
      try {
        await owner.call({ kind: 'createAgain', command });
      } catch (refusal) {
        // The caller looks into the store then, and must find the service there.
        if (patched('creation-refused-once-recorded')) await owner.recorded();
        throw refusal;
      }
    } else {
      owner = ServiceOwner.created(command);
      await owner.recorded();
    }
    return { incarnation: command.incarnation };
  });
  setHandler(updateServiceUpdate, (command) => done(active(command.incarnation).call({ kind: 'update', command })));
  setHandler(deleteServiceUpdate, (command) => done(active(command.incarnation).call({ kind: 'delete', command })));
  setHandler(stopServiceDeploymentUpdate, (command) =>
    done(active(command.incarnation).call({ kind: 'stopDeployment', command })),
  );
  setHandler(continueServiceDeploymentUpdate, (command) =>
    done(active(command.incarnation).call({ kind: 'continueDeployment', command })),
  );
  setHandler(createTaskSetUpdate, (command) => active(command.incarnation).createTaskSet(command));
  setHandler(changeTaskSetUpdate, (command) =>
    done(active(command.incarnation).call({ kind: 'changeTaskSet', command })),
  );
  setHandler(protectTasksUpdate, (command) => (owner ?? active()).protectTasks(command));
  setHandler(stopTaskUpdate, (command) => (owner ? done(owner.stopTask(command)) : undefined));
  setHandler(taskReportsSignal, (reports) => owner?.tell({ kind: 'reports', reports }));
  setHandler(instanceNoticeSignal, (notice) => owner?.noticed(notice));
  setHandler(instancesChangedSignal, ({ cause } = {}) =>
    owner?.tell({ kind: 'instancesChanged', ...(cause ? { cause } : {}) }),
  );
  setHandler(capacityChangedSignal, () => owner?.tell({ kind: 'capacityChanged' }));
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
