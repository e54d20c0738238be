/** Renew: an agent whose certificate is good gets the next one, for a new key. */
import { type CertificateRequest, type IssuedCertificate, RENEW } from '../../../model/agent-door.ts';
import type { AgentDoorCall } from '../call.ts';
import { unknownCertificate } from '../refusals.ts';
import { certificateRequest, issued, requestedKey } from './join.ts';

export const renew: AgentDoorCall<CertificateRequest, IssuedCertificate> = {
  name: RENEW,
  request: certificateRequest,
  callers: ['agent'],
  async handle(request, context) {
    const { identity, store, authority, logger } = context;
    if (identity.kind !== 'agent') throw unknownCertificate();
    const key = await requestedKey(request);
    const certificate = authority.nextCertificate(Date.now());
    const agent = await store.renewAgent(identity.containerInstanceId, certificate);
    const { clusterName, containerInstanceId } = agent;
    logger.info({ clusterName, containerInstanceId }, 'renewed the certificate of an agent');
    return issued(context, { agent, certificate, key });
  },
};
