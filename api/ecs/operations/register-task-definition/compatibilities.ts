/** Finds out which compute a definition can run on, whatever the request says about it. */
import type { Compatibility } from '@aws-sdk/client-ecs';
import type { Definition, Rule } from '../../rules/task-definition/definition.ts';
import { externalRule } from '../../rules/task-definition/external.ts';
import { fargateRule } from '../../rules/task-definition/fargate.ts';

const isClean = (rule: Rule, definition: Definition): boolean => {
  for (const _message of rule(definition)) return false;
  return true;
};

/** In ECS's order. EC2 takes every definition that passes the common rules. */
export function compatibilitiesOf(definition: Definition): Compatibility[] {
  return [
    ...(isClean(externalRule, definition) ? (['EXTERNAL'] as const) : []),
    'EC2',
    ...(isClean(fargateRule, definition) ? (['FARGATE'] as const) : []),
  ];
}
