/** Checks the roles of a task definition. */
import { isRole, NO_ROLE } from '../roles.ts';
import type { Rule } from './definition.ts';

export const rolesRule: Rule = function* ({ taskRoleArn, executionRoleArn }) {
  for (const role of [taskRoleArn, executionRoleArn]) if (role && !isRole(role)) yield NO_ROLE;
};
