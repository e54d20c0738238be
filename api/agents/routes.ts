/**
 * How hosts get into a cluster and are cut off: join tokens, and the revocation of container instances. Longshore's own routes,
 * not ECS's.
 */
import { randomBytes } from 'node:crypto';
import type { Express, Request, Response } from 'express';
import { clusterArn, containerInstanceArn, type Partition } from '../../model/arn.ts';
import { defined } from '../../model/defined.ts';
import { EcsError } from '../../model/errors.ts';
import { type JoinToken, joinTokenStatus } from '../../model/join-token.ts';
import type { Store } from '../../store/contract/store.ts';
import type { AgentAuthority } from '../agent-door/authority.ts';
import { joinSecret } from '../agent-door/join-secret.ts';
import type { Asked } from '../auth/authorize.ts';
import { resolveClusterName } from '../ecs/rules/clusters.ts';
import { resolveIdentifier, resolveInstanceId } from '../ecs/rules/identifiers.ts';
import type { Calls } from '../protocol/calls.ts';
import { parseBody } from '../protocol/request-body.ts';
import { readJoinTokenRequest } from './rules.ts';

/** The agent door to which tokens lead. */
export interface AgentDoorFacts {
  /** `host:port`. */
  readonly advertised: string;
  readonly authority: Pick<AgentAuthority, 'certificate' | 'issueJoin'>;
}

export interface AgentRoutes {
  readonly calls: Calls;
  readonly store: Store;
  readonly partition: Partition;
  /** Absent: there is no door, so nobody can join. */
  readonly agentDoor?: AgentDoorFacts;
}

const PAGE = 100;
const TOKENS = '/v1/clusters/:cluster/join-tokens';
const REVOCATION = '/v1/clusters/:cluster/container-instances/:containerInstance/revocation';

/** The action of the same name, on this resource. */
const on = (action: string, resource: string): readonly Asked[] => [
  { action: `longshore:${action}`, resources: [resource], context: {} },
];

export function addAgentRoutes(app: Express, { calls, store, partition, agentDoor }: AgentRoutes): void {
  /** The cluster of the path, once the caller may do it there. */
  const allowed = async (request: Request, response: Response, action: string): Promise<string> => {
    const clusterName = resolveClusterName(request.params['cluster'] as string, { partition });
    await calls.authorize(response, on(action, clusterArn(partition, clusterName)));
    return clusterName;
  };

  app.post(TOKENS, async (request, response) => {
    const clusterName = await allowed(request, response, 'CreateJoinToken');
    const { caller, now } = calls.contextOf(response, 'CreateJoinToken');
    const { availabilityZone, uses, durationSeconds } = readJoinTokenRequest(parseBody(request.body));
    await store.requireCluster(clusterName);
    if (agentDoor === undefined) throw noDoor();
    const tokenId = randomBytes(8).toString('hex');
    // Certificates know no smaller unit than seconds.
    const expiresAt = (Math.floor(now / 1000) + durationSeconds) * 1000;
    const secret = await joinSecret(agentDoor.authority, tokenId, { now, expiresAt });
    const token: JoinToken = {
      ...{ tokenId, clusterName, ...defined({ availabilityZone }), uses, usesLeft: uses, createdAt: now, expiresAt },
      createdBy: caller.principal.arn,
    };
    await store.createJoinToken(token);
    const body = { joinToken: presentJoinToken(token, now), url: `https://${agentDoor.advertised}#${secret}` };
    await calls.succeed(response, { status: 201, body });
  });

  app.get(TOKENS, async (request, response) => {
    const clusterName = await allowed(request, response, 'ListJoinTokens');
    const { now } = calls.contextOf(response, 'ListJoinTokens');
    const after = request.query['after'];
    const page = { limit: PAGE, ...(typeof after === 'string' ? { after } : {}) };
    const { items, next } = await store.listJoinTokens(clusterName, page);
    const body = { joinTokens: items.map((token) => presentJoinToken(token, now)), ...defined({ next }) };
    await calls.succeed(response, { status: 200, body });
  });

  app.delete(`${TOKENS}/:tokenId`, async (request, response) => {
    const clusterName = await allowed(request, response, 'RevokeJoinToken');
    const { now } = calls.contextOf(response, 'RevokeJoinToken');
    const token = await store.revokeJoinToken({ clusterName, tokenId: request.params.tokenId }, now);
    if (token === undefined) throw notFound('The join token was not found.');
    await calls.succeed(response, { status: 200, body: { joinToken: presentJoinToken(token, now) } });
  });

  app.post(REVOCATION, async (request, response) => {
    const { cluster = '', containerInstance = '' } = request.params as Record<string, string>;
    const clusterName = resolveClusterName(cluster, { partition });
    const scope = { clusterName, partition };
    // Before its length is checked: who may not do it learns nothing.
    const arn = containerInstanceArn(
      partition,
      clusterName,
      resolveIdentifier('container-instance', containerInstance, scope),
    );
    await calls.authorize(response, on('RevokeContainerInstance', arn));
    const containerInstanceId = resolveInstanceId(containerInstance, scope);
    const { now } = calls.contextOf(response, 'RevokeContainerInstance');
    const revoked = await store.revokeAgent({ clusterName, containerInstanceId }, now);
    if (revoked === undefined) {
      throw notFound(`${containerInstanceId} did not join cluster ${clusterName} by a token: it has no certificate.`);
    }
    const body = { containerInstanceArn: arn, revokedAt: revoked.revokedAt / 1000 };
    await calls.succeed(response, { status: 200, body });
  });
}

const notFound = (message: string): EcsError => new EcsError('ResourceNotFoundException', message);

const noDoor = (): EcsError =>
  new EcsError(
    'UnsupportedFeatureException',
    'This Longshore has no agent door, so no host can join. Start it with LONGSHORE_AGENT_DOOR=on, and with LONGSHORE_AGENT_HOST at an address that the other hosts reach.',
  );

/** Times are seconds, as in all REST answers. */
const presentJoinToken = ({ revokedAt, createdAt, expiresAt, ...token }: JoinToken, now: number): object => ({
  ...token,
  status: joinTokenStatus({ ...token, ...defined({ revokedAt }), createdAt, expiresAt }, now),
  createdAt: createdAt / 1000,
  expiresAt: expiresAt / 1000,
  ...(revokedAt === undefined ? {} : { revokedAt: revokedAt / 1000 }),
});
