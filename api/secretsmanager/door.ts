/** AWS Secrets Manager: secrets with versions and staging labels. AWS JSON 1.1. Nothing rotates or replicates secrets here. */
import * as sdk from '@aws-sdk/client-secrets-manager';
import { type Door, operationsByName } from '../door.ts';
import { Catalogue } from '../protocol/catalogue.ts';
import { jsonValidationRefusals } from '../protocol/validation-errors.ts';
import { secretsAccess } from './access.ts';
import { operations } from './operations/index.ts';
import { checked } from './rules/checked.ts';

const ENUMS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'Filter.Key': sdk.FilterNameStringType,
  'ListSecretsRequest.SortOrder': sdk.SortOrderType,
};

const ROTATION =
  'Write a new version with PutSecretValue where the password changes, for example from a scheduled task.';
const POLICIES = 'Give roles and users policies of their own: secretsmanager:GetSecretValue on the ARN of the secret.';
const REPLICAS = 'Secrets are of one region here.';

export const secretsManagerDoor: Door = {
  service: 'secretsmanager',
  protocol: { kind: 'json', version: '1.1', targetPrefix: 'secretsmanager.' },
  catalogue: new Catalogue(sdk, {
    valuesOf: (path) => {
      const values = ENUMS[path];
      return values && Object.values(values);
    },
  }),
  operations: operationsByName(operations.map(checked)),
  refusals: jsonValidationRefusals,
  access: secretsAccess,
  advice: new Map([
    ['RotateSecret', ROTATION],
    ['CancelRotateSecret', ROTATION],
    ['PutResourcePolicy', POLICIES],
    ['GetResourcePolicy', POLICIES],
    ['DeleteResourcePolicy', POLICIES],
    ['ValidateResourcePolicy', POLICIES],
    ['ReplicateSecretToRegions', REPLICAS],
    ['RemoveRegionsFromReplication', REPLICAS],
    ['StopReplicationToReplica', REPLICAS],
  ]),
};
