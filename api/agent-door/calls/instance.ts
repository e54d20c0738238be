/** The calls of an agent about its own container instance. */
import { z } from 'zod';
import {
  ANNOUNCE_AGENT,
  type AnnounceAgent,
  InstanceRefused,
  IS_ATTENDED,
  type IsAttended,
  type IsAttendedAnswer,
  IS_REGISTERED,
  type IsRegisteredAnswer,
  REGISTER_INSTANCE,
} from '../../../model/agent-calls.ts';
import {
  AVAILABILITY_ZONE_ATTRIBUTE,
  type ExpectedWork,
  type InstanceRegistration,
} from '../../../model/container-instance.ts';
import { AGENT_PROTOCOL, agentTooFar, speaks } from '../../../model/agent-protocol.ts';
import type { AgentDoorCall, AgentDoorContext } from '../call.ts';
import { Forbidden } from '../grpc/status.ts';
import type { AgentIdentity } from '../identity.ts';
import { registration } from './schemas.ts';

/** The caller as an agent. The door lets nobody else make these calls. */
export function agentOf({ identity }: AgentDoorContext): AgentIdentity {
  if (identity.kind !== 'agent') throw new Forbidden('A token to join opens the door for joining only.');
  return identity;
}

export const registerInstance: AgentDoorCall<InstanceRegistration, ExpectedWork> = {
  name: REGISTER_INSTANCE,
  request: registration,
  callers: ['agent'],
  async handle(request, context) {
    const { clusterName, containerInstanceId, availabilityZone } = agentOf(context);
    if (request.clusterName !== clusterName || request.containerInstanceId !== containerInstanceId)
      throw new Forbidden(
        `The certificate is that of container instance ${containerInstanceId} in cluster ${clusterName}, not of ${request.containerInstanceId} in ${request.clusterName}.`,
      );
    if (!speaks(AGENT_PROTOCOL, request.protocol)) throw new InstanceRefused(agentTooFar(request.protocol));
    const placed = availabilityZone === undefined ? request : inZone(request, availabilityZone);
    return { ...(await context.control.register(placed)), protocol: AGENT_PROTOCOL };
  },
};

/** The zone of the token holds, whatever the host says. */
const inZone = (request: InstanceRegistration, zone: string): InstanceRegistration => ({
  ...request,
  attributes: [
    ...request.attributes.filter(({ name }) => name !== AVAILABILITY_ZONE_ATTRIBUTE),
    { name: AVAILABILITY_ZONE_ATTRIBUTE, value: zone },
  ],
});

const session = z.object({ sessionId: z.string().min(1).max(512) });

export const announceAgent: AgentDoorCall<AnnounceAgent, object> = {
  name: ANNOUNCE_AGENT,
  request: session,
  callers: ['agent'],
  async handle({ sessionId }, context) {
    const { clusterName, containerInstanceId } = agentOf(context);
    await context.control.announce({ clusterName, containerInstanceId, sessionId });
    return {};
  },
};

export const isAttended: AgentDoorCall<IsAttended, IsAttendedAnswer> = {
  name: IS_ATTENDED,
  request: session,
  callers: ['agent'],
  async handle({ sessionId }, context) {
    const { clusterName, containerInstanceId } = agentOf(context);
    return { isAttended: await context.control.isAttended({ clusterName, containerInstanceId, sessionId }) };
  },
};

export const isRegistered: AgentDoorCall<object, IsRegisteredAnswer> = {
  name: IS_REGISTERED,
  request: z.object({}),
  callers: ['agent'],
  async handle(_request, context) {
    const { clusterName, containerInstanceId } = agentOf(context);
    return { isRegistered: await context.control.isRegistered({ clusterName, containerInstanceId }) };
  },
};
