/** Join: an agent that holds a join token's certificate becomes a container instance and gets a certificate of its own. */
import { randomBytes, type webcrypto } from 'node:crypto';
import { z } from 'zod';
import { keyDigest, keyOfRequest } from '../../../certificates/keys.ts';
import { type CertificateRequest, type IssuedCertificate, JOIN } from '../../../model/agent-door.ts';
import { AwsError } from '../../../model/errors.ts';
import { requireUsable } from '../../../model/join-token.ts';
import type { JoinedAgent, NewCertificate } from '../../../store/contract/agents.ts';
import type { AgentDoorCall, AgentDoorContext } from '../call.ts';
import { unknownCertificate } from '../refusals.ts';

const MOST_CHARACTERS = 8_192;

/** Of Join, and of Renew. */
export const certificateRequest: z.ZodType<CertificateRequest> = z.strictObject({
  certificateRequest: z.string().max(MOST_CHARACTERS),
});

export const join: AgentDoorCall<CertificateRequest, IssuedCertificate> = {
  name: JOIN,
  request: certificateRequest,
  callers: ['join'],
  async handle(request, context) {
    const { identity, store, authority, logger } = context;
    if (identity.kind !== 'join') throw unknownCertificate();
    const key = await requestedKey(request);
    const token = await store.findJoinToken(identity.tokenId);
    requireUsable(token, Date.now());
    // A use must not be lost to a cluster in which no instance can register.
    await store.requireCluster(token.clusterName);
    const certificate = authority.nextCertificate(Date.now());
    const agent = await store.joinAgent({
      tokenId: identity.tokenId,
      keyDigest: await keyDigest(key),
      containerInstanceId: randomBytes(16).toString('hex'),
      certificate,
    });
    const { clusterName, containerInstanceId } = agent;
    logger.info({ clusterName, containerInstanceId, tokenId: identity.tokenId }, 'an agent joined');
    return issued(context, { agent, certificate, key });
  },
};

/** The key of a request. Throws InvalidParameterException. */
export async function requestedKey({ certificateRequest: pem }: CertificateRequest): Promise<webcrypto.CryptoKey> {
  const key = await keyOfRequest(pem);
  if (key !== undefined) return key;
  throw new AwsError('InvalidParameterException', 'The certificate request is not a PKCS#10 request of a P-256 key.');
}

export async function issued(
  { authority }: Pick<AgentDoorContext, 'authority'>,
  {
    agent,
    certificate,
    key,
  }: { readonly agent: JoinedAgent; readonly certificate: NewCertificate; readonly key: webcrypto.CryptoKey },
): Promise<IssuedCertificate> {
  return {
    ...agent,
    certificate: await authority.issueAgent(agent, certificate, key),
    expiresAt: certificate.expiresAt,
  };
}
