/** Reads how requests name task definitions. */
import type { Partition } from '../../../model/arn.ts';
import { isRevision, parseTaskDefinitionRef, shortName } from '../../../model/arn.ts';
import { invalid } from './refusals.ts';
import { checkArn } from './arns.ts';

/**
 * Returns the family and revision that an input means: `family`, `family:revision` or an ARN of this account and
 * region. Undefined if the text is none of these. Throws InvalidParameterException for the ARN of something else, and
 * for a revision that is not a number.
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
