/** GET /v1/audit: who changed what, and who was refused. Longshore's own route, not CloudTrail's. */
import type { Express } from 'express';
import { defined } from '../../model/defined.ts';
import { EcsError } from '../../model/errors.ts';
import type { AuditStore } from '../../store/contract/audit.ts';
import { ownAction } from '../auth/authorize.ts';
import type { Calls } from '../protocol/calls.ts';
import { readAuditQuery } from './query.ts';

export interface AuditRoutes {
  readonly calls: Calls;
  readonly store: Pick<AuditStore, 'listAudit'>;
  readonly audit?: 'on' | 'off';
}

export const auditIsOff = (): EcsError =>
  new EcsError('UnsupportedFeatureException', 'No calls are recorded: LONGSHORE_AUDIT_RETENTION is 0.');

export function addAuditRoute(app: Express, { calls, store, audit }: AuditRoutes): void {
  app.get('/v1/audit', async ({ query }, response) => {
    await calls.authorize(response, ownAction('ReadAudit'));
    if (audit === 'off') throw auditIsOff();
    const { filter, page, tokenFor } = readAuditQuery(query);
    const { items, next } = await store.listAudit(filter, page);
    const nextToken = next === undefined ? undefined : tokenFor(next);
    await calls.succeed(response, {
      status: 200,
      body: { events: items.map(({ event }) => event), ...defined({ nextToken }) },
    });
  });
}
