/** The version that PutParameter makes. Pure. */
import { compilePattern } from '../../../model/cluster-query/pattern.ts';
import { defined } from '../../../model/defined.ts';
import { AwsError } from '../../../model/errors.ts';
import type { Parameter, ParameterTier, ParameterType, ParameterVersion } from '../../../model/secrets/parameter.ts';
import { invalid, notSupported } from '../refusals.ts';

const MOST_VERSIONS = 100;
const MOST_BYTES: Readonly<Record<ParameterTier, number>> = { Standard: 4096, Advanced: 8192 };
/** The key that every SecureString has where a request names none. */
const DEFAULT_KEY = 'alias/aws/ssm';

export interface Put {
  readonly name: string;
  readonly value: string;
  readonly type?: ParameterType;
  readonly tier?: ParameterTier | 'Intelligent-Tiering';
  readonly keyId?: string;
  readonly dataType?: string;
  readonly description?: string;
  readonly allowedPattern?: string;
  readonly overwrite: boolean;
  readonly hasTags: boolean;
}

/** The new version, without labels, behind those that stay. Throws PutParameter's refusals. */
export function withNextVersion(
  before: Parameter | undefined,
  put: Put,
  by: Pick<ParameterVersion, 'modifiedAt' | 'modifiedBy'>,
): readonly ParameterVersion[] {
  const latest = before?.versions.at(-1);
  if (latest !== undefined && !put.overwrite) {
    throw new AwsError(
      'ParameterAlreadyExists',
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    );
  }
  if (put.overwrite && put.hasTags) {
    throw invalid(
      "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
    );
  }
  const type = typeOf(put, latest);
  requireKnown(put, type);
  requirePattern(put);
  // What the request leaves out of a parameter that exists stays as it was.
  const { description = latest?.description, allowedPattern } = put;
  const version: ParameterVersion = {
    ...{ version: (latest?.version ?? 0) + 1, type, tier: tierOf(put, latest) },
    ...defined({ description, allowedPattern }),
    ...{ ...by, labels: [] },
  };
  return [...trimmed(put.name, before?.versions ?? []), version];
}

function typeOf({ type }: Put, latest: ParameterVersion | undefined): ParameterType {
  const wanted = type ?? latest?.type;
  if (wanted === undefined) throw invalid('A parameter type is required when you create a parameter.');
  if (latest === undefined || latest.type === wanted) return wanted;
  throw new AwsError(
    'HierarchyTypeMismatchException',
    `Parameter Store doesn't support changing a parameter type in a hierarchy. For example, you can't change a parameter from a ${latest.type} type to a ${wanted} type. You must create a new, unique parameter.`,
  );
}

function requireKnown({ keyId, dataType = 'text' }: Put, type: ParameterType): void {
  if (keyId !== undefined && type !== 'SecureString') {
    throw invalid('KeyId is required for SecureString type parameter only.');
  }
  if (keyId !== undefined && keyId !== DEFAULT_KEY) {
    throw notSupported(`KeyId, except ${DEFAULT_KEY}: the operator's master key seals all parameters`);
  }
  if (dataType !== 'text') throw notSupported(`the data type ${dataType}`);
}

/** A pattern fits whole values. */
function requirePattern({ allowedPattern, value }: Put): void {
  if (allowedPattern === undefined) return;
  if (!compiled(allowedPattern).matches(value)) {
    throw new AwsError(
      'ParameterPatternMismatchException',
      `Parameter value, cannot be validated against allowedPattern: ${allowedPattern}`,
    );
  }
}

function compiled(allowedPattern: string) {
  try {
    return compilePattern(allowedPattern);
  } catch (error) {
    throw new AwsError('InvalidAllowedPatternException', error instanceof Error ? error.message : String(error));
  }
}

function tierOf({ tier, value }: Put, latest: ParameterVersion | undefined): ParameterTier {
  const bytes = Buffer.byteLength(value);
  const wanted = tier === 'Intelligent-Tiering' || tier === undefined ? undefined : tier;
  if (latest?.tier === 'Advanced' && wanted === 'Standard') {
    throw invalid(
      "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the advanced parameter and recreate it as a standard parameter.",
    );
  }
  const needed = tier === 'Intelligent-Tiering' && bytes > MOST_BYTES.Standard ? 'Advanced' : 'Standard';
  const chosen = wanted ?? (latest?.tier === 'Advanced' ? 'Advanced' : needed);
  if (bytes <= MOST_BYTES[chosen]) return chosen;
  throw invalid(
    chosen === 'Standard'
      ? 'Standard tier parameters support a maximum parameter value of 4096 characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier.'
      : 'Advanced tier parameters support a maximum parameter value of 8192 characters.',
  );
}

/** The oldest version makes room for the hundred-and-first, unless it has a label. */
function trimmed(name: string, versions: readonly ParameterVersion[]): readonly ParameterVersion[] {
  const [oldest] = versions;
  if (oldest === undefined || versions.length < MOST_VERSIONS) return versions;
  if (oldest.labels.length === 0) return versions.slice(1);
  throw new AwsError(
    'ParameterMaxVersionLimitExceeded',
    `You attempted to create a new version of ${name} by calling the PutParameter API with the overwrite flag. Version ${oldest.version}, the oldest version, can't be deleted because it has a label associated with it. Move the label to another version of the parameter, and try again.`,
  );
}
