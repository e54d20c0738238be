/** The LookupEvents operation: the newest calls first, by one attribute and a time range. */
import type { Event, LookupAttribute, LookupEventsRequest, LookupEventsResponse } from '@aws-sdk/client-cloudtrail';
import { type AuditRecord, auditUserName } from '../../../model/audit.ts';
import { defined } from '../../../model/defined.ts';
import type { AuditFilter } from '../../../store/contract/audit.ts';
import type { Operation } from '../../operation.ts';
import { keyInToken, pageToken } from '../../protocol/page-token.ts';
import {
  auditIsOff,
  invalidAttributes,
  invalidCategory,
  invalidMaxResults,
  invalidNextToken,
  invalidTimeRange,
} from '../refusals.ts';

const MOST_RESULTS = 50;
const LONGEST_VALUE = 2_000;
const EVENT_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const lookupEvents: Operation<LookupEventsRequest, LookupEventsResponse> = {
  name: 'LookupEvents',
  effect: 'reads',
  async handle(input, { store, audited }) {
    const { StartTime, EndTime, EventCategory, MaxResults: limit = MOST_RESULTS, NextToken } = input;
    if (!audited) throw auditIsOff();
    if (EventCategory !== undefined) throw invalidCategory(EventCategory);
    if (limit < 1 || limit > MOST_RESULTS) throw invalidMaxResults(MOST_RESULTS);
    const [since, until] = [StartTime?.getTime(), EndTime?.getTime()];
    if (since !== undefined && until !== undefined && since > until) throw invalidTimeRange();
    const attribute = oneAttribute(input.LookupAttributes);
    const list = ['LookupEvents', attribute?.AttributeKey, attribute?.AttributeValue, `${since}`, `${until}`];
    const after = NextToken === undefined ? undefined : keyInToken(list, NextToken);
    if (NextToken !== undefined && after === undefined) throw invalidNextToken();
    const asked = filterOf(attribute);
    if (asked === undefined) return { Events: [] };
    const filter = { ...asked, ...defined({ since, until }) };
    const { items, next } = await store.listAudit(filter, { limit, ...defined({ after }) });
    return { Events: items.map(present), ...(next === undefined ? {} : { NextToken: pageToken(list, next) }) };
  },
};

/** As in CloudTrail, a lookup has at most one. */
function oneAttribute(attributes: readonly LookupAttribute[] = []): LookupAttribute | undefined {
  const [attribute, ...more] = attributes;
  if (more.length > 0) throw invalidAttributes('A lookup can have one attribute only.');
  const { length } = attribute?.AttributeValue ?? '';
  if (attribute !== undefined && (length < 1 || length > LONGEST_VALUE)) {
    throw invalidAttributes(`The attribute's value must have 1 to ${LONGEST_VALUE} characters.`);
  }
  return attribute;
}

/** undefined if no event can match. */
function filterOf(attribute: LookupAttribute | undefined): AuditFilter | undefined {
  const value = attribute?.AttributeValue ?? '';
  switch (attribute?.AttributeKey) {
    case undefined:
      return {};
    case 'AccessKeyId':
      return { accessKeyId: value };
    case 'EventId':
      return EVENT_ID.test(value) ? { requestId: value } : undefined;
    case 'EventName':
      return { eventName: value };
    case 'EventSource':
      return { eventSource: value };
    case 'ReadOnly':
      if (value !== 'true' && value !== 'false') throw invalidAttributes('ReadOnly must be true or false.');
      return { readOnly: value === 'true' };
    case 'ResourceName':
      return { resourceName: value };
    case 'ResourceType':
      return { resourceType: value };
    case 'Username':
      return { userName: value };
  }
}

const present = ({ at, event }: AuditRecord): Event => ({
  EventId: event.eventID,
  EventName: event.eventName,
  ReadOnly: String(event.readOnly),
  EventTime: new Date(Math.floor(at / 1000) * 1000),
  EventSource: event.eventSource,
  Resources: (event.resources ?? []).map(({ ARN, type }) => ({ ResourceType: type, ResourceName: ARN })),
  CloudTrailEvent: JSON.stringify(event),
  ...defined({ AccessKeyId: event.userIdentity.accessKeyId, Username: auditUserName(event.userIdentity) }),
});
