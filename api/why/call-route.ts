/** GET /v1/why/call/{requestId}: who called what, and which statement decided. Callers themselves do not learn that. */
import type { Express } from 'express';
import { EcsError } from '../../model/errors.ts';
import type { AuditStore } from '../../store/contract/audit.ts';
import { auditIsOff } from '../audit/routes.ts';
import { ownAction } from '../auth/authorize.ts';
import { invalid } from '../ecs/rules/refusals.ts';
import type { Calls } from '../protocol/calls.ts';
import { callWords } from './call-words.ts';

export interface WhyCallRoute {
  readonly calls: Calls;
  readonly store: Pick<AuditStore, 'findAudit'>;
  readonly audit?: 'on' | 'off';
}

/** An id, or its beginning. */
const REQUEST_ID = /^[0-9a-f]{8}(?:-?[0-9a-f]){0,24}-?$/i;

export function addWhyCallRoute(app: Express, { calls, store, audit }: WhyCallRoute): void {
  app.get('/v1/why/call/:requestId', async ({ params }, response) => {
    await calls.authorize(response, ownAction('Explain'));
    if (audit === 'off') throw auditIsOff();
    const { requestId } = params;
    if (!REQUEST_ID.test(requestId)) throw invalid("Give a request's id, or at least its first 8 characters.");
    const [record, another] = await store.findAudit(requestId, 2);
    if (record === undefined) throw unknownCall(requestId);
    if (another !== undefined) throw invalid(`Several request ids begin with '${requestId}'.`);
    const { event, at, judgements = [] } = record;
    const body = { requestId: event.requestID, at: at / 1000, ...callWords(record), judgements, event };
    await calls.succeed(response, { status: 200, body });
  });
}

const unknownCall = (requestId: string): EcsError =>
  new EcsError(
    'ResourceNotFoundException',
    `No call ${requestId} is recorded. Recorded are calls that changed something, gave credentials or were denied, for as long as LONGSHORE_AUDIT_RETENTION says.`,
  );
