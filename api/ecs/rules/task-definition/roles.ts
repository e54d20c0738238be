/** Checks the roles of a task definition, and what needs the execution role: with it, the agent fetches secrets. */
import { isRole, NO_ROLE } from '../roles.ts';
import type { Rule } from './definition.ts';
import { containersOf, isEmpty } from './definition.ts';

export const rolesRule: Rule = function* ({ taskRoleArn, executionRoleArn }) {
  for (const role of [taskRoleArn, executionRoleArn]) if (role && !isRole(role)) yield NO_ROLE;
};

export const executionRoleRule: Rule = function* (definition) {
  if (definition.executionRoleArn) return;
  const secrets = containersOf(definition).some(
    ({ secrets: own, logConfiguration }) => !isEmpty(own) || !isEmpty(logConfiguration?.secretOptions),
  );
  if (secrets) yield "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'";
};
