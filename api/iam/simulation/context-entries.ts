/** Reads the ContextEntries of a simulation: values of condition keys. */
import { isIP } from 'node:net';
import type { ContextEntry } from '@aws-sdk/client-iam';
import { invalidInput } from '../../../model/iam/refusals.ts';
import type { ContextValues } from '../../auth/policy/context.ts';

/** The keys of the context, and the time that they set, in ms since the epoch. */
export interface GivenContext {
  readonly context: ContextValues;
  readonly now?: number;
}

const CHECKS: Readonly<Record<string, (text: string) => boolean>> = {
  numeric: (text) => text.trim() !== '' && Number.isFinite(Number(text)),
  boolean: (text) => /^(?:true|false)$/i.test(text),
  date: (text) => !Number.isNaN(Date.parse(text)),
  ip: (text) => /^[^/]+(?:\/\d{1,3})?$/.test(text) && isIP(text.split('/')[0] ?? '') > 0,
};

/** `fixed`: keys whose values follow from the principal. Throws InvalidInput. */
export function readContextEntries(entries: readonly ContextEntry[] = [], fixed: readonly string[] = []): GivenContext {
  const taken = new Set(fixed.map((key) => key.toLowerCase()));
  const context: Record<string, string | readonly string[]> = {};
  let now: number | undefined;
  for (const { ContextKeyName: key = '', ContextKeyValues: values = [], ContextKeyType: type = 'string' } of entries) {
    const folded = key.toLowerCase();
    if (key === '') throw invalidInput('A context entry has no ContextKeyName.');
    if (taken.has(folded)) throw invalidInput(`The context key ${key} has a value already: ${whence(folded, fixed)}.`);
    taken.add(folded);
    checkValues(key, type, values);
    if (folded === 'aws:currenttime' || folded === 'aws:epochtime') {
      if (now !== undefined)
        throw invalidInput('aws:CurrentTime and aws:EpochTime are the same time: give one of them.');
      now = timeOf(key, values);
    } else {
      context[key] = type.endsWith('List') ? values : (values[0] ?? []);
    }
  }
  return { context, ...(now === undefined ? {} : { now }) };
}

const whence = (key: string, fixed: readonly string[]): string =>
  fixed.some((name) => name.toLowerCase() === key) ? 'it follows from the principal' : 'another entry gives it';

function checkValues(key: string, type: string, values: readonly string[]): void {
  if (!type.endsWith('List') && values.length > 1) {
    throw invalidInput(`The context key ${key} of type ${type} has more than one value.`);
  }
  const isRight = CHECKS[type.replace(/List$/, '')];
  const wrong = isRight && values.find((value) => !isRight(value));
  if (wrong !== undefined) throw invalidInput(`'${wrong}' of the context key ${key} is not of type ${type}.`);
}

function timeOf(key: string, [value = '']: readonly string[]): number {
  const time = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value);
  if (Number.isNaN(new Date(time).getTime())) throw invalidInput(`'${value}' of the context key ${key} is no time.`);
  return time;
}
