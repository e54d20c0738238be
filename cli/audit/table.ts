/** Records of the audit as a table for people. Pure but for the time zone. */
import { type AuditEvent, auditUserName } from '../../model/audit.ts';
import { localTime } from '../why/for-people.ts';

const HEAD = ['TIME', 'WHO', 'FROM', 'CALL', 'ANSWER', 'REQUEST ID'];
/** How many resources a line names. */
const MOST_NAMED = 2;

/** One line for each event, with times of this machine's zone. */
export function auditTable(events: readonly AuditEvent[]): string {
  const rows = [HEAD, ...events.map(columns)];
  const widths = HEAD.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((text, i) => text.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return lines.map((line) => `${line}\n`).join('');
}

function columns(event: AuditEvent): readonly string[] {
  const { userIdentity, sourceIPAddress, errorCode, requestID } = event;
  const who = auditUserName(userIdentity) ?? userIdentity.accessKeyId ?? 'unknown';
  return [localTime(Date.parse(event.eventTime)), who, sourceIPAddress, callOf(event), errorCode ?? 'ok', requestID];
}

/** `ecs RunTask cluster/default, task-definition/web:1`. */
function callOf({ eventSource, eventName, resources = [], additionalEventData }: AuditEvent): string {
  const names = resources.map(({ ARN }) => ARN.split(':').slice(5).join(':'));
  const more = names.length > MOST_NAMED ? [`and ${names.length - MOST_NAMED} more`] : [];
  const about =
    additionalEventData === undefined
      ? [...names.slice(0, MOST_NAMED), ...more].join(', ')
      : JSON.stringify(additionalEventData);
  return `${eventSource.split('.')[0] ?? ''} ${eventName} ${about}`.trimEnd();
}
