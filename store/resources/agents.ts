/** The agents' authority, and the certificates of agents that joined by a token. */
import { AwsError } from '../../model/errors.ts';
import { instanceRevoked, requireUsable, requireUse } from '../../model/join-token.ts';
import type { EpochMs } from '../../model/time.ts';
import type { Database, Queries, Statement } from '../base/database.ts';
import type { AgentStore, JoinedAgent, NewCertificate, SealedAuthority } from '../contract/agents.ts';
import { createJoinTokenStore, holdToken, takeUse } from './join-tokens.ts';

/** Certificates of one instance that are good at a time: it needs two. More would let whoever has one fill the table. */
const MOST_CERTIFICATES = 20;

interface AgentRow {
  readonly instance_id: string;
  readonly cluster: string;
  readonly zone: string | null;
  readonly revoked_at: number | null;
}

const AGENT = 'instance_id, cluster, zone, revoked_at';

const FIND_CERTIFICATE: Statement = {
  name: 'agent-certificates-find',
  text: 'SELECT instance_id, revoked_at FROM agent_certificates WHERE serial = $1',
};

const REVOCATIONS: Statement = {
  name: 'agent-certificates-revoked',
  text: 'SELECT serial, revocation AS version FROM agent_certificates WHERE revocation > $1 ORDER BY revocation',
};

const toAgent = ({ instance_id, cluster, zone }: AgentRow): JoinedAgent => ({
  containerInstanceId: instance_id,
  clusterName: cluster,
  ...(zone === null ? {} : { availabilityZone: zone }),
});

const refused = (message: string): AwsError => new AwsError('AccessDeniedException', message);

export function createAgentStore(db: Database): AgentStore {
  return {
    ...createJoinTokenStore(db),
    findAgentAuthority: () => findAuthority(db),
    keepAgentAuthority: async ({ certificate, sealedKey, createdAt }) => {
      await db.run(
        'INSERT INTO agent_authority (certificate, sealed_key, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
        [certificate, sealedKey, createdAt],
      );
      const kept = await findAuthority(db);
      if (!kept) throw new Error('the agents’ authority was not stored');
      return kept;
    },
    joinAgent: (join) => db.transaction((queries) => joinAgent(queries, join)),
    renewAgent: (id, certificate) =>
      db.transaction(async (queries) => {
        const [agent] = await queries.rows<AgentRow>(
          `SELECT ${AGENT} FROM joined_agents WHERE instance_id = $1 FOR UPDATE`,
          [id],
        );
        if (!agent)
          throw refused(`Container instance ${id} did not join by a token, so it has no certificate to renew.`);
        return addCertificate(queries, agent, certificate);
      }),
    findAgentCertificate: async (serial) => {
      const [row] = await db.rows<Pick<AgentRow, 'instance_id' | 'revoked_at'>>(FIND_CERTIFICATE, [serial]);
      if (!row) return undefined;
      return {
        containerInstanceId: row.instance_id,
        ...(row.revoked_at === null ? {} : { revokedAt: row.revoked_at }),
      };
    },
    revokeAgent: (agent, at) => db.transaction((queries) => revoke(queries, agent, at)),
    listRevocations: (afterVersion) => db.rows(REVOCATIONS, [afterVersion]),
    purgeAgents: (before) => purge(db, before),
  };
}

async function findAuthority(queries: Queries): Promise<SealedAuthority | undefined> {
  const [row] = await queries.rows<SealedAuthority>(
    'SELECT certificate, sealed_key AS "sealedKey" FROM agent_authority',
  );
  return row;
}

async function joinAgent(queries: Queries, join: Parameters<AgentStore['joinAgent']>[0]): Promise<JoinedAgent> {
  const { tokenId, keyDigest, containerInstanceId, certificate } = join;
  const token = await holdToken(queries, tokenId);
  requireUsable(token, certificate.issuedAt);
  const [known] = await queries.rows<AgentRow>(
    `SELECT ${AGENT} FROM joined_agents WHERE token_id = $1 AND key_digest = $2 FOR UPDATE`,
    [tokenId, keyDigest],
  );
  if (known) return addCertificate(queries, known, certificate);
  requireUse(token);
  await takeUse(queries, token);
  const [joined] = await queries.rows<AgentRow>(
    `INSERT INTO joined_agents (instance_id, cluster, zone, token_id, key_digest, joined_at)
     VALUES ($1, $2, $3, $4, $5, $6) RETURNING ${AGENT}`,
    [containerInstanceId, token.clusterName, token.availabilityZone ?? null, tokenId, keyDigest, certificate.issuedAt],
  );
  if (!joined) throw new Error('the instance was not stored');
  return addCertificate(queries, joined, certificate);
}

/** The row of the agent is held, so no revocation comes in between. */
async function addCertificate(queries: Queries, agent: AgentRow, certificate: NewCertificate): Promise<JoinedAgent> {
  const { serial, issuedAt, expiresAt } = certificate;
  const id = agent.instance_id;
  if (agent.revoked_at !== null) throw instanceRevoked(id);
  const [good] = await queries.rows<{ count: number }>(
    'SELECT count(*) AS count FROM agent_certificates WHERE instance_id = $1 AND expires_at > $2',
    [id, issuedAt],
  );
  if ((good?.count ?? 0) >= MOST_CERTIFICATES) {
    throw refused(
      `Container instance ${id} has ${MOST_CERTIFICATES} certificates already. If its agent did not ask for them, somebody else did: longshore instance revoke ${id}`,
    );
  }
  await queries.run(
    'INSERT INTO agent_certificates (serial, instance_id, issued_at, expires_at) VALUES ($1, $2, $3, $4)',
    [serial, id, issuedAt, expiresAt],
  );
  return toAgent(agent);
}

async function revoke(
  queries: Queries,
  { clusterName, containerInstanceId }: Pick<JoinedAgent, 'clusterName' | 'containerInstanceId'>,
  at: EpochMs,
): ReturnType<AgentStore['revokeAgent']> {
  const [agent] = await queries.rows<{ revoked_at: number }>(
    `UPDATE joined_agents SET revoked_at = coalesce(revoked_at, $3) WHERE instance_id = $1 AND cluster = $2
     RETURNING revoked_at`,
    [containerInstanceId, clusterName, at],
  );
  if (!agent) return undefined;
  // Other revocations wait here until this one is committed.
  const certificates = await queries.run(
    `WITH next AS (UPDATE agent_revocations SET version = version + 1 RETURNING version)
     UPDATE agent_certificates SET revoked_at = $2, revocation = next.version FROM next
     WHERE instance_id = $1 AND revoked_at IS NULL`,
    [containerInstanceId, agent.revoked_at],
  );
  return { revokedAt: agent.revoked_at, certificates };
}

/** An instance goes with its last certificate, and a revoked one too: nothing opens the door for it any more. */
async function purge(db: Database, before: EpochMs): Promise<number> {
  const removed = await db.run('DELETE FROM agent_certificates WHERE expires_at < $1', [before]);
  await db.run(
    `DELETE FROM joined_agents a WHERE joined_at < $1
       AND NOT EXISTS (SELECT FROM agent_certificates c WHERE c.instance_id = a.instance_id)`,
    [before],
  );
  return removed + (await db.run('DELETE FROM join_tokens WHERE expires_at < $1', [before]));
}
