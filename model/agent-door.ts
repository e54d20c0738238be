/** What agents and the agent door say to each other: unary gRPC calls whose messages are JSON. */
import type { EpochMs } from './time.ts';

/** The calls of the service `longshore.agent.v1.AgentDoor`, by their gRPC paths. */
export const agentDoorPath = (call: string): string => `/longshore.agent.v1.AgentDoor/${call}`;

/**
 * A name in every certificate of the door. Agents expect it whatever address they dial, so a door may move and may stand
 * behind forwarded ports; the certificate is of an authority that issues it to doors alone.
 */
export const AGENT_DOOR_NAME = 'agent-door.longshore.internal';

/** The names of the calls by which agents get their certificates. */
export const JOIN = 'Join';
export const RENEW = 'Renew';

/** Of Join, and of Renew. */
export interface CertificateRequest {
  /** A PKCS#10 request as PEM, signed by the new key. Only its public key counts: the control plane chooses the names. */
  readonly certificateRequest: string;
}

/** Of Join, and of Renew. */
export interface IssuedCertificate {
  readonly containerInstanceId: string;
  readonly clusterName: string;
  /** Absent if the token named none: the agent says where it is. */
  readonly availabilityZone?: string;
  /** The certificate as PEM, and behind it the authority's. */
  readonly certificate: string;
  readonly expiresAt: EpochMs;
}
