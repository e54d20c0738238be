/**
 * What the certificates of agents and join tokens say of their holders: one URI among their names. The authority writes it,
 * so it is no claim of the agent's. Pure.
 */
import { defined } from '../../model/defined.ts';
import type { JoinedAgent } from '../../store/contract/agents.ts';

export const agentName = ({ clusterName, containerInstanceId, availabilityZone }: JoinedAgent): string =>
  `longshore:agent/${clusterName}/${containerInstanceId}${availabilityZone === undefined ? '' : `/${availabilityZone}`}`;

export const joinName = (tokenId: string): string => `longshore:join/${tokenId}`;

/** Clusters, ids and zones have no characters of which a name could be made up (tools/settings.ts has their forms). */
const NAME =
  /^URI:longshore:(?:agent\/(?<cluster>[\w-]{1,255})\/(?<instance>[0-9a-f]{32})(?:\/(?<zone>[\w.-]{1,128}))?|join\/(?<token>[0-9a-f]{16}))$/;

export type Holder = ({ readonly kind: 'agent' } & JoinedAgent) | { readonly kind: 'join'; readonly tokenId: string };

/** Reads the names of a certificate as Node.js gives them. undefined if they are not exactly one agent's or token's. */
export function holderOf(subjectAltName: string | undefined): Holder | undefined {
  const { cluster, instance, zone, token } = NAME.exec(subjectAltName ?? '')?.groups ?? {};
  if (token !== undefined) return { kind: 'join', tokenId: token };
  if (cluster === undefined || instance === undefined) return undefined;
  return { kind: 'agent', clusterName: cluster, containerInstanceId: instance, ...defined({ availabilityZone: zone }) };
}
