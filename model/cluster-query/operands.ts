/** Reads the argument of a clause as its subject requires. Every reader throws an Error with a message for API callers. */
import type { EpochMs } from '../time.ts';
import type { Actual, Operand, Subject } from './syntax.ts';

/** The argument of a clause about `subject`. */
export function readOperand(subject: Subject, text: string): Operand {
  switch (subject.name) {
    case 'attribute':
    case 'ec2InstanceId':
    case 'task:group':
      return { text, equals: (actual) => actual === text, order: (actual) => compareText(String(actual), text) };
    case 'agentConnected':
      return booleanOperand(text);
    case 'agentVersion':
      return versionOperand(text);
    case 'registeredAt':
      return timeOperand(text);
    case 'runningTasksCount':
      return countOperand(text);
  }
}

const NUMBER = /^-?\d+(?:\.\d+)?$/;

/** Attribute values are text; if both are numbers they compare as numbers, so that 10 is above 9. */
function compareText(actual: string, expected: string): number {
  if (NUMBER.test(actual) && NUMBER.test(expected)) return Number(actual) - Number(expected);
  if (actual === expected) return 0;
  return actual < expected ? -1 : 1;
}

function fromOrder(text: string, order: (actual: Actual) => number): Operand {
  return { text, order, equals: (actual) => order(actual) === 0 };
}

function booleanOperand(text: string): Operand {
  const value = text.toLowerCase();
  if (value !== 'true' && value !== 'false') throw new Error(`agentConnected is true or false, not ${text}`);
  return { text: value, equals: (actual) => actual === value, order: (actual) => compareText(String(actual), value) };
}

function countOperand(text: string): Operand {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`runningTasksCount is compared with a whole number, not ${text}`);
  return fromOrder(text, (actual) => Number(actual) - Number(text));
}

/** `v1.10.2-beta` → [1, 10, 2]: what follows the dotted numbers is not compared. */
const versionParts = (text: string): readonly number[] =>
  (/^v?(\d+(?:\.\d+)*)/.exec(text)?.[1] ?? '').split('.').map(Number);

function versionOperand(text: string): Operand {
  if (!/^v?\d{1,9}(\.\d{1,9})*$/.test(text))
    throw new Error(`agentVersion is compared with a version like 1.2.3, not ${text}`);
  const expected = versionParts(text);
  return fromOrder(text, (actual) => compareParts(versionParts(String(actual)), expected));
}

/** Component by component; a missing one counts as 0, so 1.2 equals 1.2.0. */
function compareParts(actual: readonly number[], expected: readonly number[]): number {
  for (let i = 0; i < Math.max(actual.length, expected.length); i++) {
    const difference = (actual[i] ?? 0) - (expected[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * Times compare at the precision with which they are written: `registeredAt == 2018-06-18` holds all that day (UTC), and
 * `registeredAt > 2018-06-18` from the next day on. So one of <, ==, > always holds.
 */
function timeOperand(text: string): Operand {
  const { start, precisionMs } = readTime(text);
  const floor = (time: EpochMs): EpochMs => Math.floor((time - start) / precisionMs);
  return fromOrder(text, (actual) => floor(Number(actual)));
}

const TIME = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,3}))?(Z|[+-]\d\d:\d\d)?)?$/;
const DAY_MS = 86_400_000;

function readTime(text: string): { start: EpochMs; precisionMs: number } {
  const refused = new Error(
    `registeredAt is compared with a time like 2018-06-18T22:28:28+00:00 or 2018-06-18, not ${text}`,
  );
  const match = TIME.exec(text);
  if (!match) throw refused;
  const part = (group: number): number => Number(match[group] ?? 0);
  const [month, day, hour, minute, second] = [part(2), part(3), part(4), part(5), part(6)];
  const local = Date.UTC(part(1), month - 1, day, hour, minute, second);
  const inRange = hour < 24 && minute < 60 && second < 60 && new Date(local).getUTCMonth() === month - 1;
  if (!inRange || day === 0) throw refused;
  const fraction = match[7] === undefined ? 0 : Number(match[7].padEnd(3, '0'));
  const start = local + fraction - zoneOffsetMs(match[8]);
  if (match[4] === undefined) return { start, precisionMs: DAY_MS };
  return { start, precisionMs: match[7] === undefined ? 1000 : 1 };
}

/** The offset of `+02:00`; a time without a zone is UTC. */
function zoneOffsetMs(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}
