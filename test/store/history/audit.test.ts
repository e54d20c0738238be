/** The audit's records: found by all that they name, newest first, page by page, until they are purged. */
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { defined } from '../../../model/defined.ts';
import type { AuditEvent, AuditRecord } from '../../../model/audit.ts';
import type { AuditFilter } from '../../../store/contract/audit.ts';
import { T0 } from '../../../fixtures/records.ts';
import { withStore } from '../../support/store.ts';

const store = withStore();

function aRecord(at: number, members: Partial<AuditEvent> = {}): AuditRecord {
  const id = randomUUID();
  return {
    at,
    event: {
      ...{ eventVersion: '1.11', userIdentity: { type: 'IAMUser', userName: 'ada', accessKeyId: 'AKIAADA' } },
      ...{ eventTime: new Date(at).toISOString(), eventSource: 'ecs.amazonaws.com', eventName: 'RunTask' },
      ...{ awsRegion: 'us-east-1', sourceIPAddress: '10.0.0.1', requestParameters: null, responseElements: null },
      ...{ requestID: id, eventID: id, readOnly: false, eventType: 'AwsApiCall', managementEvent: true },
      ...{ recipientAccountId: '123456789012', eventCategory: 'Management' },
      ...members,
    },
  };
}
const resource = (ARN: string, type: string) => ({ ARN, accountId: '123456789012', type });
const SERVICE = 'arn:aws:ecs:us-east-1:123456789012:service/default/web';

const records = [
  aRecord(T0),
  aRecord(T0 + 1_000, { eventName: 'CreateService', resources: [resource(SERVICE, 'AWS::ECS::Service')] }),
  aRecord(T0 + 2_000, { userIdentity: { type: 'Root' }, errorCode: 'AccessDenied', eventSource: 'iam.amazonaws.com' }),
  aRecord(T0 + 3_000, {
    userIdentity: { type: 'AssumedRole', principalId: 'AROAX:deploy' },
    readOnly: true,
    // Longer than what Postgres indexes, and with text that it cannot hold.
    resources: [resource(`arn:${'x'.repeat(5_000)}\u0000`, 'AWS::ECS::Cluster')],
  }),
];
beforeAll(async () => {
  await store().recordAudit(records.slice(0, 3));
  await store().recordAudit(records.slice(3));
});

const found = async (filter: AuditFilter): Promise<readonly number[]> =>
  (await store().listAudit(filter, { limit: 10 })).items.map(({ event }) =>
    records.findIndex((record) => record.event.eventID === event.eventID),
  );

describe('records', () => {
  it.each<[AuditFilter, readonly number[]]>([
    [{}, [3, 2, 1, 0]],
    [{ userName: 'ada' }, [1, 0]],
    [{ userName: 'deploy' }, [3]],
    [{ userName: 'root' }, [2]],
    [{ accessKeyId: 'AKIAADA', eventName: 'CreateService' }, [1]],
    [{ eventSource: 'iam.amazonaws.com' }, [2]],
    [{ resourceName: SERVICE }, [1]],
    [{ resourceName: 'web' }, [1]],
    [{ resourceType: 'AWS::ECS::Cluster' }, [3]],
    [{ errorsOnly: true }, [2]],
    [{ readOnly: true }, [3]],
    [{ readOnly: false, since: T0 + 1_000, until: T0 + 2_000 }, [2, 1]],
    [{ requestId: records[1]!.event.requestID }, [1]],
    [{ userName: 'name=RunTask' }, []],
  ])('are found by %j', async (filter, expected) => {
    expect(await found(filter)).toEqual(expected);
  });

  it('come in pages of two mebibytes at the most, but for one that is larger by itself', async () => {
    const sizes = [10, 3_000_000, 10, 900_000, 900_000, 900_000, 10];
    const large = sizes.map((size, i) =>
      aRecord(T0 - 10 + i, { eventName: 'Large', requestParameters: { text: 'x'.repeat(size) } }),
    );
    await store().recordAudit(large);
    const pages: number[][] = [];
    for (let after: string | undefined; ;) {
      const page = await store().listAudit({ eventName: 'Large' }, { limit: 5, ...defined({ after }) });
      pages.push(page.items.map(({ at }) => at - T0 + 10));
      after = page.next;
      if (after === undefined) break;
    }
    expect(pages).toEqual([[6, 5, 4], [3, 2], [1], [0]]);
    await store().purgeAudit(T0);
  });

  it('come back as they were written', async () => {
    const judgements = [{ action: 'ecs:RunTask', resource: '*', decision: 'allowed' as const }];
    const record = { ...aRecord(T0 - 1), judgements };
    await store().recordAudit([record]);
    expect(await store().findAudit(record.event.requestID.slice(0, 13), 2)).toEqual([record]);
    await store().purgeAudit(T0);
  });

  it('come in pages', async () => {
    const first = await store().listAudit({ readOnly: false }, { limit: 2 });
    const second = await store().listAudit({ readOnly: false }, { limit: 2, after: first.next! });
    expect([...first.items, ...second.items].map(({ at }) => at)).toEqual([T0 + 2_000, T0 + 1_000, T0]);
    expect(second.next).toBeUndefined();
  });

  it('are purged by their time', async () => {
    expect(await store().purgeAudit(T0 + 1_000)).toBe(1);
    expect(await found({})).toEqual([3, 2, 1]);
    expect(await store().purgeAudit(Number.MAX_SAFE_INTEGER)).toBe(3);
    expect(await found({})).toEqual([]);
  });
});
