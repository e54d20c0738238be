/** Refused calls of unknown callers are counted by network, and each record has the address. */
import type { Request } from 'express';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { Auditor } from '../../../../api/audit/auditor.ts';
import type { AuditEvent } from '../../../../model/audit.ts';
import { TEST_PARTITION } from '../../../support/store.ts';

const requestFrom = (remoteAddress: string): Request => {
  const request: unknown = {
    ...{ method: 'POST', url: '/', originalUrl: '/', path: '/', query: {}, headers: {} },
    ...{ socket: { remoteAddress }, get: () => undefined },
  };
  return request as Request;
};

it('whoever has many addresses of one network of IPv6 has the allowance of one', async () => {
  const events: AuditEvent[] = [];
  const store = {
    recordAudit: (records: readonly { readonly event: AuditEvent }[]) => {
      events.push(...records.map(({ event }) => event));
      return Promise.resolve();
    },
  };
  const logger = pino({ level: 'silent' });
  const auditor = new Auditor({ store, logger, partition: TEST_PARTITION, doors: [] });
  const refusal = { code: 'AccessDeniedException', message: 'no', refusedWith: 'AccessDeniedException' };
  const refuse = (address: string) =>
    auditor.refused(
      { request: requestFrom(address), requestId: address, caller: undefined, asked: [], judged: [] },
      refusal,
    );
  for (let i = 0; i < 400; i++) await refuse(`2001:db8:1:2::${i.toString(16)}`);
  await refuse('2001:db8:1:3::1');
  await auditor.close();
  const left = events.pop();
  expect(events).toHaveLength(301);
  expect(events[1]!.sourceIPAddress).toBe('2001:db8:1:2::1');
  expect(events[300]!.sourceIPAddress).toBe('2001:db8:1:3::1');
  expect(left).toMatchObject({ additionalEventData: { calls: 100, bySource: { '2001:db8:1:2::/64': 100 } } });
});
