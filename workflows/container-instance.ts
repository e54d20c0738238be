/** One container instance: the only writer of its status and connectivity. Watches the agent and gives the instance up when it stays silent. */
import { allHandlersFinished, condition, continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow';
import type { CarriedInstance } from '../scheduler/instance-owner/state.ts';
import { InstanceOwner } from './instance/instance-owner.ts';
import {
  agentAttendsSignal,
  deregisterInstanceUpdate,
  instanceQuery,
  interruptInstanceUpdate,
  registerInstanceUpdate,
  setInstanceStatusUpdate,
  updateAgentUpdate,
  type ContainerInstanceWorkflowInput,
} from './messages.ts';

export async function containerInstanceWorkflow(
  input: ContainerInstanceWorkflowInput,
  carried?: CarriedInstance,
): Promise<void> {
  const owner = carried ? InstanceOwner.resumed(input, carried) : InstanceOwner.begun(input);
  const done = async (call: Promise<unknown>): Promise<undefined> => {
    await call;
  };
  setHandler(registerInstanceUpdate, (registration) => owner.register(registration));
  setHandler(setInstanceStatusUpdate, (command) => done(owner.call({ kind: 'setStatus', command })));
  setHandler(interruptInstanceUpdate, (command) => done(owner.call({ kind: 'interrupt', command })));
  setHandler(deregisterInstanceUpdate, (command) => done(owner.call({ kind: 'deregister', command })));
  setHandler(updateAgentUpdate, (command) => done(owner.call({ kind: 'updateAgent', command })));
  setHandler(agentAttendsSignal, ({ sessionId }) => owner.agentAttends(sessionId));
  setHandler(instanceQuery, () => owner.summary);

  await condition(() => owner.ended || workflowInfo().continueAsNewSuggested);
  await condition(() => allHandlersFinished() && owner.isAtRest);
  owner.stopWatching();
  if (!owner.ended) await continueAsNew<typeof containerInstanceWorkflow>(input, owner.carry());
}
