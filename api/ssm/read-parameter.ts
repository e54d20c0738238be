/** Reads one value of a parameter: for GetParameter, and for whoever resolves what a task definition names. */
import type { Partition } from '../../model/arn.ts';
import { parameterArn, parseParameterId } from '../../model/secrets/arn.ts';
import type { ParameterType } from '../../model/secrets/parameter.ts';
import type { SecretTag } from '../../model/secrets/secret.ts';
import type { ParameterStore, SealedParameter } from '../../store/contract/secrets.ts';
import type { SealedValues } from '../auth/sealed-values.ts';
import { parameterNotFound, versionNotFound } from './refusals.ts';

export interface ReadingParameters {
  readonly store: Pick<ParameterStore, 'readParameter'>;
  readonly values: SealedValues;
  readonly partition: Partition;
}

export interface ParameterValue {
  readonly arn: string;
  readonly name: string;
  readonly version: number;
  readonly type: ParameterType;
  /** In the clear, whatever its type. */
  readonly value: string;
  readonly tags: readonly SecretTag[];
}

/** A version on record, and how the request chose it: `:3` or `:label`. */
export interface FoundParameter {
  readonly parameter: SealedParameter;
  readonly selector?: string;
}

/** Throws ParameterNotFound or ParameterVersionNotFound. The value stays sealed. */
export async function findParameter(
  { store, partition }: Pick<ReadingParameters, 'store' | 'partition'>,
  nameOrArn: string,
): Promise<FoundParameter> {
  const key = parseParameterId(partition, nameOrArn);
  for (const name of key?.names ?? []) {
    const parameter = await store.readParameter(name, key?.selector);
    if (parameter !== undefined)
      return { parameter, ...(key?.selector === undefined ? {} : { selector: `:${key.selector}` }) };
    if (key?.selector !== undefined && (await store.readParameter(name)) !== undefined) {
      throw versionNotFound(key.selector, name);
    }
  }
  throw parameterNotFound(nameOrArn);
}

/**
 * `nameOrArn` may have a version or a label behind a colon. Throws ParameterNotFound, ParameterVersionNotFound, or
 * ServiceUnavailable for a value that no master key opens. Whether the caller may read it is for the caller's caller to know:
 * policies look at `parameterArn`.
 */
export async function readParameter(reading: ReadingParameters, nameOrArn: string): Promise<ParameterValue> {
  const { parameter } = await findParameter(reading, nameOrArn);
  const { name, version, type, tags } = parameter;
  return {
    ...{ arn: parameterArn(reading.partition, name), name, version, type, tags },
    value: reading.values.openParameter(parameter),
  };
}
