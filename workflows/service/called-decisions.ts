/** What the record says of calls that change something beyond the service's definition. */
import type { DecisionDraft } from '../../model/decision.ts';
import { describeChanges } from '../../model/decision-changes.ts';
import type {
  ContinueServiceDeploymentCommand,
  ProtectTasksCommand,
  ProtectTasksOutcome,
  StopServiceDeploymentCommand,
} from '../messages.ts';
import type { ServiceState } from '../state.ts';

/** UpdateTaskProtection. */
export const protectionCalled = ({ protectForMs }: ProtectTasksCommand, { tasks }: ProtectTasksOutcome) => ({
  tasks: tasks.map(({ taskId }) => ({ taskId })),
  changes: {
    scaleInProtection: ['', protectForMs === undefined ? 'ended' : `${protectForMs / 60_000} minutes`] as const,
  },
});

/** StopServiceDeployment and ContinueServiceDeployment. */
export function rolloutOrdered(
  { serviceDeployments = [] }: ServiceState,
  command: StopServiceDeploymentCommand | ContinueServiceDeploymentCommand,
): Partial<DecisionDraft> {
  const { serviceDeploymentId } = command;
  const deploymentId = serviceDeployments.find(
    (each) => each.serviceDeploymentId === serviceDeploymentId,
  )?.deploymentId;
  const order = 'hookId' in command ? { [`hook ${command.hookId}`]: command.action } : { stopType: command.stopType };
  return { ...(deploymentId === undefined ? {} : { deploymentId }), changes: describeChanges({}, order) };
}
