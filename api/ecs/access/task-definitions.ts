/** What the operations on task definitions need. AWS authorises most of them on no resource. */
import type { DeleteTaskDefinitionsRequest, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs';
import { isEcsError } from '../../../model/errors.ts';
import { type AccessOf, type AccessScope, ANY_RESOURCE, type TaskDefinitionRef } from './access.ts';
import { requestTagKeys } from '../../auth/tag-keys.ts';
import { sizeKeys, tagOnCreate } from './keys.ts';
import { passTaskRoles } from './pass-role.ts';
import { definitionArn, taskDefinitionRef } from './resources.ts';

/** The next revision has no number yet, so the resource is the family. */
export const registerTaskDefinition: AccessOf<RegisterTaskDefinitionRequest> = (input, scope) => {
  const arn = definitionArn({ family: input.family ?? '' }, scope);
  const context = {
    ...requestTagKeys(input.tags),
    ...sizeKeys(input),
    'ecs:compute-compatibility': input.requiresCompatibilities ?? [],
    'ecs:privileged': String((input.containerDefinitions ?? []).some(({ privileged }) => privileged === true)),
  };
  return [
    { action: 'ecs:RegisterTaskDefinition', resources: [arn], context, tagged: false },
    ...tagOnCreate('RegisterTaskDefinition', arn, input.tags),
    ...passTaskRoles(input, scope),
  ];
};

/** What names no revision of a task definition becomes a failure of its own, and the rest of the call goes on. */
export const deleteTaskDefinitions: AccessOf<DeleteTaskDefinitionsRequest> = (input, scope) => {
  const named = (input.taskDefinitions ?? []).flatMap((text) => referenceOf(text, scope) ?? []);
  const resources = named.length > 0 ? named.map((ref) => definitionArn(ref, scope)) : [ANY_RESOURCE];
  return [{ action: 'ecs:DeleteTaskDefinitions', resources: [...new Set(resources)], context: {}, tagged: true }];
};

function referenceOf(text: string, scope: AccessScope): TaskDefinitionRef | undefined {
  try {
    return taskDefinitionRef(text, scope);
  } catch (refusal) {
    if (isEcsError(refusal)) return undefined;
    throw refusal;
  }
}

/** An operation that AWS authorises on no resource and by no condition key. */
export const onAnything =
  (action: string): AccessOf<object> =>
  () => [{ action, resources: [ANY_RESOURCE], context: {}, tagged: false }];
