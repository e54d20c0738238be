/** How much of the audit agents in hostile hands can fill. */
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { AgentDoorAudit } from '../../../../api/agent-door/audit.ts';
import type { AuditEvent } from '../../../../model/audit.ts';
import { TEST_PARTITION } from '../../../support/store.ts';

const events: AuditEvent[] = [];
const store = {
  recordAudit: (records: readonly { readonly event: AuditEvent }[]) => {
    events.push(...records.map(({ event }) => event));
    return Promise.resolve();
  },
};
const agent = (i: number) => ({
  ...{ kind: 'agent' as const, clusterName: 'default', containerInstanceId: i.toString(16).padStart(32, '0') },
  ...{ serial: '01', expiresAt: Infinity },
});

it('no agent, and not all of them together, can fill the audit, and what is left out is counted', async () => {
  const audit = new AgentDoorAudit({ store, partition: TEST_PARTITION, logger: pino({ level: 'silent' }) });
  const refuse = (i: number): unknown =>
    audit.refused({ identity: agent(i), address: '10.0.0.1', path: '/x/Y', message: 'x'.repeat(10_000) });
  for (let call = 0; call < 500; call++) refuse(0);
  for (let i = 1; i <= 2_000; i++) refuse(i);
  await audit.close();
  const left = events.pop();
  expect(events).toHaveLength(1_000);
  expect(events.filter(({ userIdentity }) => userIdentity.userName === agent(0).containerInstanceId)).toHaveLength(300);
  expect(left).toMatchObject({ eventName: 'RefusedCallsLeftOut', additionalEventData: { calls: 1_500 } });
  expect(Math.max(...events.map((event) => JSON.stringify(event).length))).toBeLessThan(2_000);
});
