/**
 * Texts of policies with wildcards and policy variables: `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`, and `${*}`,
 * `${?}`, `${$}` for the characters themselves. What a variable stands for is literal text: a `*` in it is no wildcard.
 */
import type { Context } from './context.ts';
import { MalformedPolicyDocument } from './malformed.ts';
import type { Pattern, Wildcard } from './wildcard.ts';
import { ANY, matchesPattern, ONE, wildcardTest } from './wildcard.ts';

export interface Variable {
  /** In lower case. */
  readonly key: string;
  readonly fallback: string | undefined;
}

/** Literal texts, wildcards and variables. */
export type Template = readonly (string | Wildcard | Variable)[];

/** What has a meaning in a text: variables have none in documents of the version 2008-10-17. */
export interface Grammar {
  readonly wildcards: boolean;
  readonly variables: boolean;
}

const VARIABLE = /\$\{(?:([*?$])|([^,:{}'\s]+:[^,{}']+)(?:, *'([^']*)')?)\}/y;

/** Reads a text. Throws MalformedPolicyDocument for a `${` that begins no variable. */
export function readTemplate(text: string, grammar: Grammar): Template {
  const template: (string | Wildcard | Variable)[] = [];
  let literal = '';
  const add = (part: Wildcard | Variable): void => {
    if (literal !== '') template.push(literal);
    literal = '';
    template.push(part);
  };
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (grammar.variables && text.startsWith('${', at)) {
      VARIABLE.lastIndex = at;
      const [whole, escaped, key = '', fallback] = VARIABLE.exec(text) ?? [];
      if (whole === undefined) {
        throw new MalformedPolicyDocument(`Invalid policy variable in '${text}', at character ${at + 1}.`);
      }
      if (escaped === undefined) add({ key: key.toLowerCase(), fallback });
      else literal += escaped;
      at += whole.length - 1;
    } else if (grammar.wildcards && character === '*') add(ANY);
    else if (grammar.wildcards && character === '?') add(ONE);
    else literal += character;
  }
  return literal === '' ? template : [...template, literal];
}

const isVariable = (part: string | Wildcard | Variable): part is Variable => typeof part === 'object';

/** The pattern of a template without variables; undefined if it has any. */
export const constantPattern = (template: Template): Pattern | undefined =>
  template.some(isVariable) ? undefined : (template as Pattern);

/** The keys of a template's variables, in lower case. */
export const keysOfTemplate = (template: Template): readonly string[] =>
  template.filter(isVariable).map(({ key }) => key);

/** The pattern with the request's values in it; undefined if a variable has neither a value nor a default. */
function fillTemplate(template: Template, context: Context): Pattern | undefined {
  const pattern: (string | Wildcard)[] = [];
  for (const part of template) {
    const piece = isVariable(part) ? (context.single(part.key) ?? part.fallback) : part;
    if (piece === undefined) return undefined;
    pattern.push(piece);
  }
  return pattern;
}

/** How a kind of patterns is matched: `compile` makes a test for many subjects, `matches` takes a pattern that is used once. */
export interface Matcher {
  readonly compile: (pattern: Pattern) => (subject: string) => boolean;
  readonly matches: (pattern: Pattern, subject: string) => boolean;
}

/** The test of a template: compiled once if it has no variables. */
export function templateTest(
  template: Template,
  { compile, matches }: Matcher,
): (subject: string, context: Context) => boolean {
  const constant = constantPattern(template);
  if (constant !== undefined) return compile(constant);
  // A variable without a value is null: nothing is equal to it or like it.
  return (subject, context) => {
    const pattern = fillTemplate(template, context);
    return pattern !== undefined && matches(pattern, subject);
  };
}

export const WILDCARDS: Matcher = { compile: wildcardTest, matches: matchesPattern };
