/** How ARNs are matched: by the Resource element, and by the ARN condition operators. */
import type { Template, Variable } from './template.ts';
import type { Pattern, Wildcard } from './wildcard.ts';
import { ANY, ANY_BUT_COLON, isAnything, ONE, ONE_BUT_COLON, rangeTest, standsAt } from './wildcard.ts';

/** arn, partition, service, region, account, resource. The colons of the resource separate nothing. */
const COMPONENTS = 6;

type Part = string | Wildcard | Variable;

/** The components of a template, the last of which is the whole rest; fewer than six if the template has fewer. */
export function componentsOf<P extends Part>(template: readonly P[]): readonly (readonly (P | string)[])[] {
  const components: (P | string)[][] = [[]];
  for (const part of template) {
    let rest: P | string = part;
    while (typeof rest === 'string' && components.length < COMPONENTS && rest.includes(':')) {
      const colon: number = rest.indexOf(':');
      components.at(-1)?.push(rest.slice(0, colon));
      components.push([]);
      rest = rest.slice(colon + 1);
    }
    if (rest !== '') components.at(-1)?.push(rest);
  }
  return components.map((component) => component.filter((part) => part !== ''));
}

/**
 * A text of the Resource element as the pattern that it means. In the first five components `?` and `*` match no colon,
 * except for a `*` that ends its component: it goes on beyond the colon, so `arn:aws:ecs:*` matches every ARN of ECS.
 */
export function resourceTemplate(template: Template): Template {
  const parts = componentsOf(template).flatMap((component, i) => {
    const confined = i === COMPONENTS - 1 ? component : component.map(confine);
    return i === 0 ? confined : [':', ...confined];
  });
  return joinLiterals(parts);
}

/** Few long literals are matched sooner than many short ones. */
function joinLiterals(parts: Template): Template {
  const joined: Part[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part;
    else joined.push(part);
  }
  return joined;
}

function confine(part: Part, at: number, component: readonly Part[]): Part {
  if (part === ONE) return ONE_BUT_COLON;
  return part === ANY && at < component.length - 1 ? ANY_BUT_COLON : part;
}

/**
 * A pattern of the ARN operators: each component is matched by its own, and those at the beginning that have no wildcard together.
 * A lone `*` matches any ARN.
 */
export function arnTest(pattern: Pattern): (value: string) => boolean {
  if (isAnything(pattern)) return () => true;
  const components = componentsOf(pattern);
  if (components.length < COMPONENTS) return () => false;
  const first = components.slice(0, -1).findIndex((component) => component.some((part) => typeof part !== 'string'));
  const literal = first < 0 ? COMPONENTS - 1 : first;
  const head = components
    .slice(0, literal)
    .map((component) => `${component.join('')}:`)
    .join('');
  const middle = components.slice(literal, -1).map((component) => rangeTest(component));
  const resource = rangeTest(components.at(-1) ?? []);
  return (value) => {
    if (!standsAt(value, head, 0)) return false;
    let from = head.length;
    for (const test of middle) {
      const colon = value.indexOf(':', from);
      if (colon < 0 || !test(value, from, colon)) return false;
      from = colon + 1;
    }
    return resource(value, from, value.length);
  };
}

/** Whether the ARN operators can match anything with a pattern. */
export const isArnPattern = (pattern: Pattern): boolean =>
  isAnything(pattern) || componentsOf(pattern).length === COMPONENTS;
