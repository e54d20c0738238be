/** What requests name task definitions with. */
import type { Partition } from '../../../model/arn.ts';
import { isRevision, parseTaskDefinitionRef, shortName } from '../../../model/arn.ts';
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
