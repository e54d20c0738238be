/** Checks dependsOn and volumesFrom, with which containers refer to each other. */
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import type { Rule } from './definition.ts';
import { containersOf, isEssential, nameOf } from './definition.ts';

export const dependsOnRule: Rule = function* (definition) {
  const byName = new Map(containersOf(definition).map((container) => [nameOf(container), container]));
  for (const container of byName.values()) {
    for (const { containerName = '', condition } of container.dependsOn ?? []) {
      const target = byName.get(containerName);
      if (target === undefined) {
        yield `Container '${nameOf(container)}' depends on container '${containerName}', which is not in the task definition.`;
        continue;
      }
      if (target === container) yield `Container '${containerName}' can not depend on itself.`;
      if ((condition === 'SUCCESS' || condition === 'COMPLETE') && isEssential(target)) {
        yield 'A dependency container with SUCCESS or COMPLETE condition cannot be an essential container';
      }
      if (condition === 'HEALTHY' && target.healthCheck === undefined) {
        yield `Container '${nameOf(container)}' waits for '${containerName}' to be HEALTHY, but that container has no healthCheck.`;
      }
    }
  }
};

export const dependencyCycleRule: Rule = function* (definition) {
  const containers = containersOf(definition);
  let open = new Map(containers.map((container) => [nameOf(container), dependenciesOf(container)]));
  // Repeatedly removes containers that depend on nothing that is left. What remains is a cycle.
  for (;;) {
    const left = new Map([...open].filter(([, targets]) => targets.some((target) => open.has(target))));
    if (left.size === open.size) break;
    open = left;
  }
  if (open.size > 0) yield `The dependencies of these containers form a cycle: ${[...open.keys()].join(', ')}.`;
};

/** dependsOn, links and volumesFrom all decide the start order. */
const dependenciesOf = ({ dependsOn, volumesFrom, links }: ContainerDefinition): readonly string[] => [
  ...(dependsOn ?? []).map(({ containerName }) => containerName ?? ''),
  ...(volumesFrom ?? []).map(({ sourceContainer }) => sourceContainer ?? ''),
  ...(links ?? []).map((link) => link.split(':')[0] ?? ''),
];

export const volumesFromRule: Rule = function* (definition) {
  const names = new Set(containersOf(definition).map(nameOf));
  for (const container of containersOf(definition)) {
    for (const { sourceContainer = '' } of container.volumesFrom ?? []) {
      if (!names.has(sourceContainer)) {
        yield `Container '${nameOf(container)}' takes volumes from '${sourceContainer}', which is not in the task definition.`;
      }
    }
  }
};
