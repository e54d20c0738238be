/** What each call of Systems Manager asks for: its action, on the parameters that it names. */
import type { Partition } from '../../model/arn.ts';
import { parameterArn, parseParameterId } from '../../model/secrets/arn.ts';
import type { SecretTag } from '../../model/secrets/secret.ts';
import type { ParameterStore } from '../../store/contract/secrets.ts';
import type { Asked } from '../auth/authorize.ts';
import type { ContextValues } from '../auth/policy/context.ts';
import { requestTagKeys, resourceTagKeys } from '../auth/tag-keys.ts';

/** The members of requests that name something, or that conditions look at. */
interface Named {
  readonly Name?: string;
  readonly Names?: readonly string[];
  readonly Path?: string;
  readonly ResourceId?: string;
  readonly Overwrite?: boolean;
  readonly Recursive?: boolean;
  readonly Tags?: readonly { readonly Key?: string; readonly Value?: string }[];
  readonly TagKeys?: readonly string[];
}

export interface ParameterAccess {
  readonly partition: Partition;
  readonly store: Pick<ParameterStore, 'readParameter'>;
}

const PREFIX = 'ssm:';
const MOST_NAMES = 10;

/** Reads no more than the tags of the parameters that the request names. */
export async function ssmAccess(operation: string, input: object, given: ParameterAccess): Promise<readonly Asked[]> {
  const named = input as Named;
  const action = PREFIX + operation;
  if (operation === 'DescribeParameters') return [{ action, resources: ['*'], context: {} }];
  const { Path: path, Name, ResourceId, Names = [Name ?? ResourceId ?? ''] } = named;
  if (path !== undefined) {
    const below = parameterArn(given.partition, path.endsWith('/') ? path : `${path}/`);
    return [{ action, resources: [below], context: { 'ssm:Recursive': String(named.Recursive ?? false) } }];
  }
  // The operation refuses more. None of them is read before that.
  if (Names.length > MOST_NAMES) return [{ action, resources: ['*'], context: {} }];
  const asked = await Promise.all(
    [...new Set(Names)].map(async (name): Promise<Asked> => {
      const { arn, tags } = await targetOf(name, given);
      return {
        action,
        resources: [arn],
        context: { ...resourceTagKeys('ssm', tags), ...requestKeys(operation, named), ...requestTags(named) },
      };
    }),
  );
  const isTagged = operation === 'PutParameter' && (named.Tags ?? []).length > 0;
  if (!isTagged) return asked;
  return [
    ...asked,
    ...asked.map((one) => ({ ...one, action: `${PREFIX}AddTagsToResource`, context: requestTags(named) })),
  ];
}

/** An ARN is the same for `a` and `/a`: the operation takes the same one of the two. */
async function targetOf(
  nameOrArn: string,
  { partition, store }: ParameterAccess,
): Promise<{ readonly arn: string; readonly tags: readonly SecretTag[] }> {
  const key = parseParameterId(partition, nameOrArn);
  if (key === undefined) return { arn: nameOrArn, tags: [] };
  for (const name of key.names) {
    const found = await store.readParameter(name);
    if (found !== undefined) return { arn: parameterArn(partition, name), tags: found.tags };
  }
  return { arn: parameterArn(partition, key.names[0] ?? ''), tags: [] };
}

const requestKeys = (operation: string, { Overwrite = false }: Named): ContextValues =>
  operation === 'PutParameter' ? { 'ssm:Overwrite': String(Overwrite) } : {};

/** Tags that are removed give their keys, but no values. */
const requestTags = ({ Tags = [], TagKeys }: Named): ContextValues => ({
  ...(TagKeys === undefined ? {} : { 'aws:TagKeys': TagKeys }),
  ...requestTagKeys(Tags.map(({ Key: key, Value: value }) => ({ key, value }))),
});
