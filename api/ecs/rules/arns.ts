/**
 * Checks ARNs in requests: they must belong to this account and region, and be of the type that the parameter takes.
 */
import type { ParsedArn, Partition } from '../../../model/arn.ts';
import { parseArn } from '../../../model/arn.ts';
import { invalid } from './refusals.ts';

/**
 * Returns the parts of an ARN of resource type `type` (as in the ARN, such as `task-definition`) in this account and
 * region. Throws InvalidParameterException for any other text.
 */
export function checkArn(type: string, text: string, partition: Partition): ParsedArn {
  const arn = checkOwnArn(text, partition);
  if (arn.type !== type) {
    throw invalid(`Invalid identifier: expected the ARN of a ${type}, but got one of a ${arn.type}.`);
  }
  return arn;
}

/**
 * Returns the parts of an ARN of any ECS resource in this account and region. Throws InvalidParameterException for any
 * other text.
 */
export function checkOwnArn(text: string, partition: Partition): ParsedArn {
  const arn = parseArn(text);
  if (arn === undefined) throw invalid('The ARN provided is invalid.');
  if (arn.account !== partition.account) {
    throw invalid(`Identifier is for ${arn.account}. Your accountId is ${partition.account}`);
  }
  if (arn.region !== partition.region) {
    throw invalid(`Identifier is for region ${arn.region}. Your region is ${partition.region}`);
  }
  return arn;
}
