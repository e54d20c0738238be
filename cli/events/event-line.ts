/** Formats an event as a line for a person. */
import { DETAIL_TYPES, type EventEnvelope } from '../../model/event.ts';

/** E.g. `2026-11-21T12:00:00Z  task/default/0a1b…  RUNNING → STOPPED: Scaling activity initiated by …`. */
export function eventLine(event: EventEnvelope): string {
  const [arn = ''] = event.resources;
  return `${event.time}  ${arn.slice(arn.lastIndexOf(':') + 1)}  ${whatHappened(event)}`;
}

function whatHappened({ 'detail-type': type, detail }: EventEnvelope): string {
  const text = (name: string): string | undefined => {
    const value = detail[name];
    return typeof value === 'string' ? value : undefined;
  };
  if (type === DETAIL_TYPES.task) {
    const [last = '', desired = ''] = [text('lastStatus'), text('desiredStatus')];
    return withReason(last === desired ? last : `${last} → ${desired}`, text('stoppedReason'));
  }
  if (type === DETAIL_TYPES['container-instance'])
    return `${text('status') ?? ''}, agent ${detail['agentConnected'] === true ? 'connected' : 'disconnected'}`;
  return withReason(text('eventName') ?? '', text('reason'));
}

const withReason = (what: string, reason: string | undefined): string =>
  reason === undefined ? what : `${what}: ${reason}`;
