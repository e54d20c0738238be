/** What the rules of RegisterTaskDefinition check: the request, with small functions that several of them share. */
import type { ContainerDefinition, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs';

export type Definition = RegisterTaskDefinitionRequest;

/** A rule yields one message for each thing that is wrong. The caller gets the first message of all rules. */
export type Rule = (definition: Definition) => Iterable<string>;

/** A rule for one container. */
export type ContainerRule = (container: ContainerDefinition, definition: Definition) => Iterable<string>;

export const containersOf = (definition: Definition): readonly ContainerDefinition[] =>
  definition.containerDefinitions ?? [];

/** A container is essential unless it says otherwise. */
export const isEssential = ({ essential }: ContainerDefinition): boolean => essential !== false;

/** The container's name for a message. */
export const nameOf = ({ name }: ContainerDefinition): string => name ?? '';

/** True for absent and for empty lists: a client that writes `[]` asks for nothing. */
export const isEmpty = (list: readonly unknown[] | undefined): boolean => list === undefined || list.length === 0;

/** Applies a container's rule to each container of a definition. */
export const eachContainer = (rule: ContainerRule): Rule =>
  function* (definition) {
    for (const container of containersOf(definition)) yield* rule(container, definition);
  };

/** Each value that appears more than once, once. */
export function duplicates(values: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return [...new Set(values.filter((value) => seen.size === seen.add(value).size))];
}

/** Yields a message for a number outside its range; nothing for an absent one. */
export function* outside(
  what: string,
  value: number | undefined,
  [least, most]: readonly [number, number],
): Iterable<string> {
  if (value === undefined || (value >= least && value <= most)) return;
  yield `${what} must be between ${least} and ${most}, but is ${value}.`;
}
