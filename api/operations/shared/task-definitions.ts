/** Task definitions in requests and responses. */
import type { TaskDefinition as WireTaskDefinition } from '@aws-sdk/client-ecs';
import type { Partition } from '../../../model/arn.ts';
import { parseTaskDefinitionRef } from '../../../model/arn.ts';
import type { TaskDefinition } from '../../../model/task-definition.ts';
import { checkArn } from './identifiers.ts';

/**
 * Family and revision that an input means: `family`, `family:revision` or an ARN of this account and region. Undefined
 * when the text is none of these; InvalidParameterException for the ARN of something else.
 */
export function resolveTaskDefinition(
  input: string | undefined,
  partition: Partition,
): { readonly family: string; readonly revision: number | undefined } | undefined {
  if (input?.startsWith('arn:')) checkArn('task-definition', input, partition);
  return parseTaskDefinitionRef(input ?? '');
}

/** The wire form: times as Dates. */
export function presentTaskDefinition(definition: TaskDefinition): WireTaskDefinition {
  const { registeredAt, deregisteredAt, deleteRequestedAt, ...rest } = definition;
  return {
    ...rest,
    registeredAt: new Date(registeredAt),
    ...(deregisteredAt === undefined ? {} : { deregisteredAt: new Date(deregisteredAt) }),
    ...(deleteRequestedAt === undefined ? {} : { deleteRequestedAt: new Date(deleteRequestedAt) }),
  };
}
