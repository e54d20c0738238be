/** Task definitions in requests and responses. */
import type { TaskDefinition as WireTaskDefinition } from '@aws-sdk/client-ecs';
import type { Partition } from '../../../model/arn.ts';
import { isRevision, parseTaskDefinitionRef, shortName } from '../../../model/arn.ts';
import type { TaskDefinition } from '../../../model/task-definition.ts';
import { invalid } from './refusals.ts';
import { checkArn } from './arns.ts';

/**
 * Family and revision that an input means: `family`, `family:revision` or an ARN of this account and region. Undefined
 * when the text is none of these; InvalidParameterException for the ARN of something else, and for a revision that is no
 * number.
 */
export function resolveTaskDefinition(
  input: string | undefined,
  partition: Partition,
): { readonly family: string; readonly revision: number | undefined } | undefined {
  if (input?.startsWith('arn:')) checkArn('task-definition', input, partition);
  const [, revision, ...rest] = shortName(input ?? '').split(':');
  if (revision !== undefined && rest.length === 0 && !isRevision(revision))
    throw invalid(`Invalid revision number. Number: ${revision}`);
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
