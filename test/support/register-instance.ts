/** Registers an instance whose fake agent attends like a real one, unless its session was given up. */
import { aRegistration } from '../../fixtures/records.ts';
import { CONTAINER_INSTANCE_WORKFLOW, containerInstanceWorkflowId } from '../../model/workflow-ids.ts';
import { agentAttendsSignal, registerInstanceUpdate } from '../../workflows/messages.ts';
import type { Stage } from './workflow-env.ts';

export function registerInstance(stage: Stage, containerInstanceId: string, sessionId: string) {
  const registration = aRegistration({ containerInstanceId, clusterName: stage.cluster, sessionId });
  stage.host.onAttend = async (input) => {
    const current = input.sessionId === 'given-up' ? '' : input.sessionId;
    if (current !== '')
      await stage.client
        .getHandle(containerInstanceWorkflowId(stage.cluster, containerInstanceId))
        .signal(agentAttendsSignal, { sessionId: current });
  };
  return stage.callWithStart(registerInstanceUpdate, registration, {
    type: CONTAINER_INSTANCE_WORKFLOW,
    id: containerInstanceWorkflowId(stage.cluster, containerInstanceId),
    args: [{ clusterName: stage.cluster, containerInstanceId }],
  });
}

export const isConnected = ({ control }: Stage, id: string): boolean =>
  control.instances.get(id)?.agentConnected === true;

/** Fake agents send no heartbeats, and are killed by name. */
const NEVER_MS = 24 * 3_600_000;

/**
 * Adds an instance, registers it in session-1 and waits until its agent attends. The instance is given up after the
 * given silence.
 */
export async function joinInstance(stage: Stage, giveUpAfterMs: number): Promise<string> {
  stage.control.policy = { heartbeatTimeoutMs: NEVER_MS, giveUpAfterMs };
  const id = await stage.addInstance({ agentConnected: false });
  await registerInstance(stage, id, 'session-1');
  await stage.until('connected', () => isConnected(stage, id));
  return id;
}
