/** The chain for a person: a headline per step with its details below, times of this machine's zone, short ids. Pure but for the time zone. */
import type { WhyStep } from './answer.ts';

const SHORT = 8;
const INDENT = '  ';

const two = (number: number): string => String(number).padStart(2, '0');

/** `2026-11-21 13:03:55` in the time zone of this process. */
export function localTime(ms: number): string {
  const time = new Date(ms);
  const day = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-');
  return `${day} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':')}`;
}

/** Names instead of ARNs, the first characters of ids, local times. Commands take the beginning of an id for the whole. */
export const shortened = (text: string): string =>
  text
    .replaceAll(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, (time) => localTime(Date.parse(time)))
    .replaceAll(/\barn:aws[\w-]*:[\w-]*:[\w-]*:\d*:(?:task-definition\/)?([^\s,()[\]"']+)/g, '$1')
    .replaceAll(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, (id) => id.slice(0, SHORT))
    .replaceAll(/\b[0-9a-f]{32}\b/g, (id) => id.slice(0, SHORT))
    .replaceAll(/\becs-svc\/(\d+)/g, (_, digits: string) => `ecs-svc/${digits.slice(0, SHORT)}`);

/** One line for the headline, and an indented one for each detail. */
export const forPeople = ({ at, headline, details }: WhyStep): string =>
  callForPeople({ at, headline: shortened(headline), details: details.map(shortened) });

/** The same with whole ids and ARNs: what a policy says of them depends on each letter. */
export function callForPeople({ at, headline, details }: Pick<WhyStep, 'at' | 'headline' | 'details'>): string {
  const time = localTime(at * 1000);
  const indent = ' '.repeat(time.length + 2) + INDENT;
  return [`${time}  ${headline}`, ...details.map((detail) => indent + detail)].map((line) => `${line}\n`).join('');
}
