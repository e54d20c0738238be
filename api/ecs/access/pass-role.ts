/** iam:PassRole: whoever has tasks or ECS itself act in a role must be allowed to pass it on. */
import { defined } from '../../../model/defined.ts';
import type { Access, AccessScope, TaskDefinitionRef } from './access.ts';
import { definitionArn } from './resources.ts';

/** Who gets the role: the containers of tasks and what starts them, or the service scheduler. */
export type PassedTo = 'ecs-tasks.amazonaws.com' | 'ecs.amazonaws.com';

/** One access for the roles of a request; none if it names no role. */
export function passRoles(
  roles: readonly (string | undefined)[],
  service: PassedTo,
  { partition }: AccessScope,
): readonly Access[] {
  const named = roles.filter((role) => role !== undefined && role !== '') as readonly string[];
  if (named.length === 0) return [];
  // ECS takes the name of a role without a path in place of its ARN.
  const arnOf = (role: string): string =>
    role.startsWith('arn:') ? role : `arn:aws:iam::${partition.account}:role/${role}`;
  const context = { 'iam:PassedToService': service };
  return [{ action: 'iam:PassRole', resources: [...new Set(named.map(arnOf))], context, tagged: false }];
}

export interface DefinitionRoles {
  readonly taskRoleArn?: string | undefined;
  readonly executionRoleArn?: string | undefined;
}

/** The roles of a task definition, or those by which a call overrides them. */
export const passTaskRoles = (
  { taskRoleArn, executionRoleArn }: DefinitionRoles,
  scope: AccessScope,
): readonly Access[] => passRoles([taskRoleArn, executionRoleArn], 'ecs-tasks.amazonaws.com', scope);

/**
 * The accesses of a call once the task definition that it runs has been looked up: ECS resolves the revision before it
 * authorises, so an access names the revision that will run, and the definition's own roles must be passed unless the call
 * overrides them. Roles in `overrides` are in the accesses already.
 */
export function withDefinition(
  accesses: readonly Access[],
  definition: DefinitionRoles & Required<TaskDefinitionRef>,
  overrides: DefinitionRoles | undefined,
  scope: AccessScope,
): readonly Access[] {
  const { family, revision } = definition;
  const resolved = definitionArn({ family, revision }, scope);
  const named = accesses.map((access): Access => {
    if (access.runs?.family !== family) return access;
    const general = definitionArn({ family }, scope);
    const inContext = access.context['ecs:task-definition'] === general ? { 'ecs:task-definition': resolved } : {};
    return {
      ...access,
      resources: access.resources.map((resource) => (resource === general ? resolved : resource)),
      context: { ...access.context, ...inContext },
      runs: { family, revision },
    };
  });
  if (!named.some(({ runs }) => runs?.family === family)) return named;
  const own = {
    ...defined({ taskRoleArn: overrides?.taskRoleArn ? undefined : definition.taskRoleArn }),
    ...defined({ executionRoleArn: overrides?.executionRoleArn ? undefined : definition.executionRoleArn }),
  };
  return [...named, ...passTaskRoles(own, scope)];
}
