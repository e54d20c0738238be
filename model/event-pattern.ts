/** EventBridge's event patterns: which are well-formed, and which events match them. Pure. */

/** Members are lists of allowed values, or patterns for a nested object. */
export interface EventPattern {
  readonly [member: string]: EventPattern | readonly Matcher[] | readonly EventPattern[];
}

export type Matcher = Scalar | Readonly<Record<string, unknown>>;
type Scalar = string | number | boolean | null;
type Test = (value: Scalar) => boolean;

const isScalar = (value: unknown): value is Scalar =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value);
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is wrong with a pattern, in a sentence; undefined when it is well-formed. */
export function patternFault(pattern: unknown, path = 'pattern'): string | undefined {
  if (!isObject(pattern)) return `${path} must be an object.`;
  const members = Object.entries(pattern);
  if (members.length === 0) return `${path} must not be empty.`;
  for (const [name, value] of members) {
    const fault = memberFault(name, value, `${path}.${name}`);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function memberFault(name: string, value: unknown, path: string): string | undefined {
  if (name === '$or') {
    if (!Array.isArray(value) || value.length < 2) return `${path} must be a list of at least two patterns.`;
    return value.map((each: unknown) => patternFault(each, path)).find((fault) => fault !== undefined);
  }
  if (!Array.isArray(value)) return patternFault(value, path);
  if (value.length === 0) return `${path} must not be an empty list.`;
  const bad: unknown = value.find((matcher: unknown) => compile(matcher) === undefined && !isExists(matcher));
  return bad === undefined ? undefined : `${path} has a matcher that is not understood: ${JSON.stringify(bad)}.`;
}

/** Whether an event matches: each member of the pattern must match the event's member of the same name. */
export function matchesPattern(pattern: EventPattern, event: unknown): boolean {
  if (Array.isArray(event)) return event.some((element: unknown) => matchesPattern(pattern, element));
  const members = isObject(event) ? event : {};
  return Object.entries(pattern).every(([name, wanted]) => {
    if (name === '$or') return (wanted as readonly EventPattern[]).some((each) => matchesPattern(each, members));
    if (!Array.isArray(wanted)) return matchesPattern(wanted as EventPattern, members[name]);
    return (wanted as readonly Matcher[]).some((matcher) => matches(matcher, members[name]));
  });
}

/** A list in the event matches if one of its elements does. */
function matches(matcher: Matcher, value: unknown): boolean {
  if (isExists(matcher)) return matcher.exists === (value !== undefined && !isObject(value));
  const test = compile(matcher);
  const values = [value].flat().filter(isScalar);
  return test !== undefined && values.some(test);
}

const isExists = (matcher: unknown): matcher is { readonly exists: boolean } =>
  isObject(matcher) && Object.keys(matcher).length === 1 && typeof matcher['exists'] === 'boolean';

/** The test that a matcher describes; undefined if it is no matcher. */
function compile(matcher: unknown): Test | undefined {
  if (isScalar(matcher)) return (value) => value === matcher;
  if (!isObject(matcher)) return undefined;
  const [first, ...others] = Object.entries(matcher);
  if (first === undefined || others.length > 0) return undefined;
  const [kind, wanted] = first;
  if (kind === 'anything-but') return compileAnythingBut(wanted);
  return kind === 'numeric' ? compileNumeric(wanted) : compileText(kind, wanted);
}

const onText =
  (test: (text: string) => boolean): Test =>
  (value) =>
    typeof value === 'string' && test(value);

function compileText(kind: string, wanted: unknown): Test | undefined {
  if (isObject(wanted) && (kind === 'prefix' || kind === 'suffix')) {
    const text = wanted['equals-ignore-case'];
    if (typeof text !== 'string' || Object.keys(wanted).length !== 1) return undefined;
    const lower = compileText(kind, text.toLowerCase());
    return lower && onText((value) => lower(value.toLowerCase()));
  }
  if (typeof wanted !== 'string') return undefined;
  switch (kind) {
    case 'prefix':
      return onText((text) => text.startsWith(wanted));
    case 'suffix':
      return onText((text) => text.endsWith(wanted));
    case 'equals-ignore-case':
      return onText((text) => text.toLowerCase() === wanted.toLowerCase());
    case 'wildcard':
      return onText((text) => matchesWildcard(wanted, text));
    default:
      return undefined;
  }
}

/** `*` matches any number of characters. It scans the text once per piece, so no pattern is slow. */
function matchesWildcard(wildcard: string, text: string): boolean {
  const [head = '', ...rest] = wildcard.split('*');
  const tail = rest.pop();
  if (tail === undefined) return text === wildcard;
  if (!text.startsWith(head) || !text.endsWith(tail) || text.length < head.length + tail.length) return false;
  const end = text.length - tail.length;
  let from = head.length;
  for (const piece of rest) {
    const at = text.indexOf(piece, from);
    if (at < 0 || at + piece.length > end) return false;
    from = at + piece.length;
  }
  return true;
}

/** Anything but these values, or but what such a text matcher matches. */
function compileAnythingBut(wanted: unknown): Test | undefined {
  const refused = Array.isArray(wanted) ? (wanted as readonly unknown[]) : [wanted];
  if (refused.length === 0) return undefined;
  const tests = refused.flatMap((each): readonly (Test | undefined)[] => {
    if (!isObject(each)) return [compile(each)];
    return Object.entries(each).flatMap(([kind, texts]) => [texts].flat().map((text) => compileText(kind, text)));
  });
  const known = tests.filter((test) => test !== undefined);
  return known.length === tests.length && known.length > 0 ? (value) => !known.some((test) => test(value)) : undefined;
}

const COMPARISONS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

/** `[">", 0, "<=", 5]`: every comparison must hold. */
function compileNumeric(wanted: unknown): Test | undefined {
  if (!Array.isArray(wanted) || wanted.length === 0 || wanted.length % 2 !== 0) return undefined;
  const tests: ((value: number) => boolean)[] = [];
  for (let i = 0; i < wanted.length; i += 2) {
    const compare = COMPARISONS[String(wanted[i])];
    const bound: unknown = wanted[i + 1];
    if (compare === undefined || typeof bound !== 'number') return undefined;
    tests.push((value) => compare(value, bound));
  }
  return (value) => typeof value === 'number' && tests.every((test) => test(value));
}
