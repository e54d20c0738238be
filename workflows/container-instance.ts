/** One container instance: the only writer of its status and connectivity. Watches the agent and gives the instance up when it stays silent. */
import { allHandlersFinished, condition, continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow';
import { InstanceOwner } from './instance/instance-owner.ts';
import {
  agentAttendsSignal,
  deregisterInstanceUpdate,
  instanceQuery,
  interruptInstanceUpdate,
  registerInstanceUpdate,
  setInstanceStatusUpdate,
  type ContainerInstanceWorkflowInput,
} from './messages.ts';
import type { InstanceState } from './state.ts';

export async function containerInstanceWorkflow(
  input: ContainerInstanceWorkflowInput,
  carried?: InstanceState,
): Promise<void> {
  const owner = new InstanceOwner(input, carried);
  setHandler(registerInstanceUpdate, (registration) => owner.register(registration));
  setHandler(setInstanceStatusUpdate, (command) => owner.setStatus(command));
  setHandler(interruptInstanceUpdate, (command) => owner.interrupt(command));
  setHandler(deregisterInstanceUpdate, (command) => owner.deregister(command));
  setHandler(agentAttendsSignal, ({ sessionId }) => owner.agentAttends(sessionId));
  setHandler(instanceQuery, () => ({ status: owner.state.status, agentConnected: owner.state.agentConnected }));

  if (carried) owner.watch();
  await condition(() => owner.ended || workflowInfo().continueAsNewSuggested);
  await condition(allHandlersFinished);
  owner.stopWatching();
  if (!owner.ended) await continueAsNew<typeof containerInstanceWorkflow>(input, owner.state);
}
