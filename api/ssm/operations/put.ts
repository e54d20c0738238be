/** PutParameter: a new parameter, or a new version of one. */
import type { PutParameterRequest, PutParameterResult } from '@aws-sdk/client-ssm';
import { defined } from '../../../model/defined.ts';
import { AwsError } from '../../../model/errors.ts';
import type { Parameter, ParameterTier, ParameterVersion } from '../../../model/secrets/parameter.ts';
import type { Operation } from '../../operation.ts';
import { requireName } from '../rules/names.ts';
import { type Put, withNextVersion } from '../rules/next-version.ts';
import { withTags } from '../rules/tags.ts';

/** Of parameters in an account and region. */
const MOST: Readonly<Record<ParameterTier, number>> = { Standard: 10_000, Advanced: 100_000 };

export const putParameter: Operation<PutParameterRequest, PutParameterResult> = {
  name: 'PutParameter',
  effect: 'records',
  async handle(input, context) {
    const { store, values, now, caller } = context;
    const put = putOf(input);
    const { name, value } = put;
    const tags = withTags([], input.Tags);
    const by = { modifiedAt: now, modifiedBy: caller.principal.arn };
    let made: ParameterVersion | undefined;
    await store.changeParameter(name, async (before, count) => {
      const versions = withNextVersion(before, put, by);
      const version = versions.at(-1);
      if (version === undefined) throw new Error('A parameter was left without a version.');
      if (before?.versions.at(-1)?.tier !== version.tier) await requireRoom(count, version.tier);
      made = version;
      const parameter: Parameter = { name, tags: before?.tags ?? tags, versions };
      const sealed = values.sealParameter(value, name, version.version);
      return { parameter, added: { version: version.version, sealed } };
    });
    return { ...defined({ Version: made?.version, Tier: made?.tier }) };
  },
};

function putOf(input: PutParameterRequest): Put {
  const { Name: name = '', Value: value = '', Overwrite: overwrite = false, Tags = [] } = input;
  requireName(name);
  return {
    ...{ name, value, overwrite, hasTags: Tags.length > 0 },
    ...defined({
      type: input.Type,
      tier: input.Tier,
      keyId: input.KeyId,
      dataType: input.DataType,
      description: input.Description,
      allowedPattern: input.AllowedPattern,
    }),
  };
}

/** Calls at the same moment may exceed it by their number. */
async function requireRoom(count: (tier: ParameterTier) => Promise<number>, tier: ParameterTier): Promise<void> {
  if ((await count(tier)) < MOST[tier]) return;
  throw new AwsError(
    'ParameterLimitExceeded',
    `You have exceeded the number of parameters for this account: ${MOST[tier]} of the tier ${tier}. Delete one or more parameters and try again.`,
  );
}
