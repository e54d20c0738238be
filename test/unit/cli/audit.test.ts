/** The output of `longshore audit`, and the times that it takes. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { auditTable } from '../../../cli/audit/table.ts';
import { timeOf } from '../../../cli/audit/time.ts';
import type { AuditEvent } from '../../../model/audit.ts';

afterEach(() => void vi.unstubAllEnvs());

const ID = '0a1b2c3d-0000-4000-8000-000000000000';
const resource = (name: string) => ({
  ...{ ARN: `arn:aws:ecs:us-east-1:123456789012:${name}`, accountId: '123456789012', type: 'AWS::ECS::Task' },
});
const anEvent = (members: Partial<AuditEvent> = {}): AuditEvent => ({
  ...{ eventVersion: '1.11', userIdentity: { type: 'IAMUser', userName: 'ada' }, eventTime: '2026-11-30T16:00:00Z' },
  ...{ eventSource: 'ecs.amazonaws.com', eventName: 'StopTask', awsRegion: 'us-east-1', sourceIPAddress: '10.0.0.1' },
  ...{ requestParameters: null, responseElements: null, requestID: ID, eventID: ID, readOnly: false },
  ...{ eventType: 'AwsApiCall', managementEvent: true, recipientAccountId: '1', eventCategory: 'Management' },
  ...members,
});

describe('the table', () => {
  it('has a line for each call, with local times', () => {
    vi.stubEnv('TZ', 'Asia/Tokyo');
    const resources = ['cluster/default', 'task/default/1', 'task/default/2'].map(resource);
    const refused = anEvent({ userIdentity: { type: 'Unknown' }, errorCode: 'AccessDeniedException' });
    expect(auditTable([anEvent({ resources }), refused])).toBe(
      [
        `TIME                 WHO      FROM      CALL                                                      ANSWER                 REQUEST ID`,
        `2026-12-01 01:00:00  ada      10.0.0.1  ecs StopTask cluster/default, task/default/1, and 1 more  ok                     ${ID}`,
        `2026-12-01 01:00:00  unknown  10.0.0.1  ecs StopTask                                              AccessDeniedException  ${ID}`,
        '',
      ].join('\n'),
    );
  });

  it('shows what was left out', () => {
    const gap = anEvent({
      ...{ userIdentity: { type: 'AWSService' }, eventSource: 'longshore', eventName: 'RefusedCallsLeftOut' },
      additionalEventData: { calls: 7, bySource: { '10.0.0.9': 7 } },
    });
    expect(auditTable([gap])).toContain('longshore RefusedCallsLeftOut {"calls":7,"bySource":{"10.0.0.9":7}}');
  });
});

describe('a time', () => {
  const NOW = Date.UTC(2026, 10, 30, 16);
  it.each([
    ['90m', '2026-11-30T14:30:00.000Z'],
    ['2h', '2026-11-30T14:00:00.000Z'],
    ['7d', '2026-11-23T16:00:00.000Z'],
    ['30s', '2026-11-30T15:59:30.000Z'],
    ['2026-11-30T15:00:00Z', '2026-11-30T15:00:00.000Z'],
    ['2026-11-30', '2026-11-30T00:00:00.000Z'],
  ])('may be %s', (text, expected) => {
    expect(timeOf('--since', text, NOW)).toBe(expected);
  });

  it.each(['soon', '5w', ''])('may not be %j', (text) => {
    expect(() => timeOf('--since', text, NOW)).toThrow(/^--since must be a time/);
  });
});
