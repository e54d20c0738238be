/** The condition operators that compare a value: what each reads from a policy, and which values of a request it takes. */
import ipaddr from 'ipaddr.js';
import { arnTest, isArnPattern } from './arn-pattern.ts';
import type { Context } from './context.ts';
import { syntaxError } from './malformed.ts';
import type { Matcher } from './template.ts';
import { anyOf } from './tests.ts';
import { constantPattern, keysOfTemplate, readTemplate, templateTest, WILDCARDS } from './template.ts';

/** Whether one value of a request matches one of the values of a policy. */
type ValueTest = (value: string, context: Context) => boolean;

export interface Comparison {
  readonly test: ValueTest;
  /** The keys of the variables in the policy's values, in lower case. */
  readonly keys: readonly string[];
}

export interface Operator {
  /** Whether the operator holds for what its comparison does not match, like StringNotEquals. */
  readonly negated: boolean;
  /** Reads the values of a policy. Throws MalformedPolicyDocument if one is none for this operator. */
  readonly read: (texts: readonly string[], variables: boolean) => Comparison;
}

/** Reads texts in which variables, and perhaps wildcards, have a meaning. */
const text =
  (wildcards: boolean, matcher: Matcher): Operator['read'] =>
  (texts, variables) => {
    const templates = texts.map((each) => readTemplate(each, { wildcards, variables }));
    return {
      test: anyOf(templates.map((template) => templateTest(template, matcher))),
      keys: templates.flatMap(keysOfTemplate),
    };
  };

/** `fold` brings both sides to one form. */
const exactly = (fold: (value: string) => string): Operator['read'] =>
  text(false, {
    compile: (pattern) => {
      const wanted = fold(pattern.join(''));
      return (value) => fold(value) === wanted;
    },
    matches: (pattern, value) => fold(value) === fold(pattern.join('')),
  });

const ofArns = text(true, { compile: arnTest, matches: (pattern, value) => arnTest(pattern)(value) });

const arn: Operator['read'] = (texts, variables) => {
  for (const each of texts) {
    const constant = constantPattern(readTemplate(each, { wildcards: true, variables }));
    if (constant !== undefined && !isArnPattern(constant)) throw syntaxError(`'${each}' is not an ARN.`);
  }
  return ofArns(texts, variables);
};

/** Operators whose values are parsed, and take no variables. `parse` returns undefined for a text that is no value. */
const parsed =
  <T>(
    noun: string,
    parse: (text: string) => T | undefined,
    compare: (value: T, wanted: T) => boolean,
  ): Operator['read'] =>
  (texts) => {
    const wanted = texts.map((each) => {
      const value = parse(each);
      if (value === undefined) throw syntaxError(`'${each}' is not ${noun}.`);
      return value;
    });
    const test: ValueTest = (value, context) => {
      const found = context.parsed(value, parse);
      if (found === undefined) return false;
      for (const each of wanted) if (compare(found, each)) return true;
      return false;
    };
    return { test, keys: [] };
  };

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const parseNumber = (text: string): number | undefined => (NUMBER.test(text) ? Number(text) : undefined);

/** W3C's profile of ISO 8601: a year, a month or a day, or a time of a day with its zone. */
const DATE = /^\d{4}(?:-\d{2}(?:-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?)?)?$/;
/** Seconds since the epoch; four digits are a year. */
const EPOCH_SECONDS = /^(?:\d{1,3}|\d{5,})(?:\.\d+)?$/;

/** Milliseconds since the epoch. */
function parseDate(text: string): number | undefined {
  if (EPOCH_SECONDS.test(text)) return Number(text) * 1000;
  const time = DATE.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

const ordered = (
  noun: string,
  parse: (text: string) => number | undefined,
): ((compare: (value: number, wanted: number) => boolean) => Operator['read']) => {
  return (compare) => parsed(noun, parse, compare);
};
const numeric = ordered('a number', parseNumber);
const date = ordered('a date', parseDate);

const equal = (value: number, wanted: number): boolean => value === wanted;
const less = (value: number, wanted: number): boolean => value < wanted;
const atMost = (value: number, wanted: number): boolean => value <= wanted;
const greater = (value: number, wanted: number): boolean => value > wanted;
const atLeast = (value: number, wanted: number): boolean => value >= wanted;

const TRUTH = /^(?:true|false)$/i;
const bool: Operator['read'] = (texts, variables) => {
  const wrong = texts.find(
    (each) => !TRUTH.test(each) && constantPattern(readTemplate(each, { wildcards: false, variables })),
  );
  if (wrong !== undefined) throw syntaxError(`'${wrong}' is not true or false.`);
  return exactly((each) => each.toLowerCase())(texts, variables);
};

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const parseBinary = (text: string): string | undefined => (BASE64.test(text) ? atob(text) : undefined);

interface Block {
  readonly address: ipaddr.IPv4 | ipaddr.IPv6;
  readonly bits: number;
}

/** IPv4 with four decimal parts only: `010.0.0.1` and `1.2` mean different addresses to different programs. */
const ADDRESS = /^(?:(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}|[\da-f:]*:[\da-f:]*(?:[\d.]+)?)$/i;
const MOST_ADDRESS_CHARACTERS = 45;
const MAPPED_BITS = 96;

/** An address, or a block of addresses as `address/bits`. An IPv4 address in an IPv6 one counts as itself. */
function parseBlock(text: string): Block | undefined {
  const [name = '', prefix, ...more] = text.split('/');
  if (more.length > 0 || name.length > MOST_ADDRESS_CHARACTERS) return undefined;
  if (!ADDRESS.test(name) || !ipaddr.isValid(name)) return undefined;
  const given = ipaddr.parse(name);
  const most = given.kind() === 'ipv4' ? 32 : 128;
  if (prefix !== undefined && !/^\d{1,3}$/.test(prefix)) return undefined;
  const bits = prefix === undefined ? most : Number(prefix);
  if (bits > most) return undefined;
  const isMapped = given instanceof ipaddr.IPv6 && given.isIPv4MappedAddress() && bits >= MAPPED_BITS;
  return isMapped ? { address: given.toIPv4Address(), bits: bits - MAPPED_BITS } : { address: given, bits };
}

const isWithin = (value: Block, wanted: Block): boolean =>
  value.bits >= wanted.bits &&
  value.address.kind() === wanted.address.kind() &&
  value.address.match(wanted.address, wanted.bits);

const holds = (read: Operator['read']): Operator => ({ negated: false, read });
const holdsNot = (read: Operator['read']): Operator => ({ negated: true, read });

const like = text(true, WILDCARDS);
const sensitive = exactly((value) => value);
const insensitive = exactly((value) => value.toLowerCase());
const address = parsed('an IP address or a block of addresses', parseBlock, isWithin);
const binary = parsed('binary data in base64', parseBinary, (value, wanted) => value === wanted);

/** By the names that policies use. Null is not among them: it looks at whether there is a value. */
export const OPERATORS: Readonly<Record<string, Operator>> = {
  StringEquals: holds(sensitive),
  StringNotEquals: holdsNot(sensitive),
  StringEqualsIgnoreCase: holds(insensitive),
  StringNotEqualsIgnoreCase: holdsNot(insensitive),
  StringLike: holds(like),
  StringNotLike: holdsNot(like),
  NumericEquals: holds(numeric(equal)),
  NumericNotEquals: holdsNot(numeric(equal)),
  NumericLessThan: holds(numeric(less)),
  NumericLessThanEquals: holds(numeric(atMost)),
  NumericGreaterThan: holds(numeric(greater)),
  NumericGreaterThanEquals: holds(numeric(atLeast)),
  DateEquals: holds(date(equal)),
  DateNotEquals: holdsNot(date(equal)),
  DateLessThan: holds(date(less)),
  DateLessThanEquals: holds(date(atMost)),
  DateGreaterThan: holds(date(greater)),
  DateGreaterThanEquals: holds(date(atLeast)),
  Bool: holds(bool),
  BinaryEquals: holds(binary),
  IpAddress: holds(address),
  NotIpAddress: holdsNot(address),
  ArnEquals: holds(arn),
  ArnNotEquals: holdsNot(arn),
  ArnLike: holds(arn),
  ArnNotLike: holdsNot(arn),
};
