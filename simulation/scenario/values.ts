/** Values as people write them in scenarios: durations, spans of time, shares, names. */
import { z } from 'zod';

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/;

function toMs(text: string): number {
  const [, amount = '0', unit = 's'] = DURATION.exec(text) ?? [];
  return Number(amount) * (UNIT_MS[unit] ?? 1000);
}

/** `500ms`, `15s`, `2m` or `1h`, parsed to milliseconds. */
export const duration = z
  .string()
  .regex(DURATION, 'is not a duration; write for example 500ms, 15s or 2m')
  .transform(toMs);

/** `1s..5s`, or one duration for both ends. */
export const span = z
  .string()
  .refine((text) => {
    const ends = text.split('..');
    return ends.length <= 2 && ends.every((end) => DURATION.test(end));
  }, 'is not a span of time; write for example 1s..5s')
  .transform((text) => {
    const [least = '0s', most = least] = text.split('..');
    return { least: toMs(least), most: toMs(most) };
  })
  .refine(({ least, most }) => least <= most, 'ends before it begins');

export const share = z.number().min(0).max(1);

export const name = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,60}$/, 'is not a name');
