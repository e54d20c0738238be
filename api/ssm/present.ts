/** Turns parameters on record into the answers of Systems Manager. */
import type { Parameter, ParameterHistory, ParameterMetadata, Tag } from '@aws-sdk/client-ssm';
import { defined } from '../../model/defined.ts';
import type { Partition } from '../../model/arn.ts';
import { parameterArn } from '../../model/secrets/arn.ts';
import type { SecretTag } from '../../model/secrets/secret.ts';
import type { SealedParameter } from '../../store/contract/secrets.ts';
import type { SealedValues } from '../auth/sealed-values.ts';

export interface Showing {
  readonly values: SealedValues;
  readonly partition: Partition;
}

const DATA_TYPE = { DataType: 'text' } as const;

/** Without decryption, a SecureString shows its sealed text, of which nobody without the master key can make anything. */
const shownValue = (parameter: SealedParameter, { values }: Showing, decrypt: boolean): string =>
  parameter.type === 'SecureString' && !decrypt ? parameter.sealed : values.openParameter(parameter);

export const presentParameter = (
  parameter: SealedParameter,
  showing: Showing,
  { decrypt, selector }: { readonly decrypt: boolean; readonly selector?: string },
): Parameter => ({
  Name: parameter.name,
  Type: parameter.type,
  Value: shownValue(parameter, showing, decrypt),
  Version: parameter.version,
  ...defined({ Selector: selector }),
  LastModifiedDate: new Date(parameter.modifiedAt),
  ARN: parameterArn(showing.partition, parameter.name),
  ...DATA_TYPE,
});

const about = (parameter: SealedParameter) => ({
  Name: parameter.name,
  Type: parameter.type,
  ...(parameter.type === 'SecureString' ? { KeyId: 'alias/aws/ssm' } : {}),
  LastModifiedDate: new Date(parameter.modifiedAt),
  LastModifiedUser: parameter.modifiedBy,
  ...defined({ Description: parameter.description, AllowedPattern: parameter.allowedPattern }),
  Version: parameter.version,
  Tier: parameter.tier,
  Policies: [],
  ...DATA_TYPE,
});

export const presentMetadata = (parameter: SealedParameter, partition: Partition): ParameterMetadata => ({
  ...about(parameter),
  ARN: parameterArn(partition, parameter.name),
});

export const presentHistory = (
  parameter: SealedParameter,
  showing: Showing,
  { decrypt }: { readonly decrypt: boolean },
): ParameterHistory => ({
  ...about(parameter),
  Value: shownValue(parameter, showing, decrypt),
  Labels: [...parameter.labels],
});

export const presentTags = (tags: readonly SecretTag[]): Tag[] =>
  tags.map(({ key, value }) => ({ Key: key, Value: value }));
