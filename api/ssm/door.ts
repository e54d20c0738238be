/** AWS Systems Manager: its Parameter Store. AWS JSON 1.1. Everything else of Systems Manager is not built. */
import * as sdk from '@aws-sdk/client-ssm';
import { type Door, operationsByName } from '../door.ts';
import { Catalogue } from '../protocol/catalogue.ts';
import { jsonValidationRefusals } from '../protocol/validation-errors.ts';
import { ssmAccess } from './access.ts';
import { operations } from './operations/index.ts';
import { checked } from './rules/checked.ts';

const ENUMS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'PutParameterRequest.Type': sdk.ParameterType,
  'PutParameterRequest.Tier': sdk.ParameterTier,
  'ParametersFilter.Key': sdk.ParametersFilterKey,
  'AddTagsToResourceRequest.ResourceType': sdk.ResourceTypeForTagging,
  'RemoveTagsFromResourceRequest.ResourceType': sdk.ResourceTypeForTagging,
  'ListTagsForResourceRequest.ResourceType': sdk.ResourceTypeForTagging,
};

export const ssmDoor: Door = {
  service: 'ssm',
  protocol: { kind: 'json', version: '1.1', targetPrefix: 'AmazonSSM.' },
  catalogue: new Catalogue(sdk, {
    valuesOf: (path) => {
      const values = ENUMS[path];
      return values && Object.values(values);
    },
    // Versions of parameters.
    longs: new Set([
      ...['PutParameterResult.Version', 'Parameter.Version', 'ParameterMetadata.Version', 'ParameterHistory.Version'],
      ...['LabelParameterVersionRequest.ParameterVersion', 'LabelParameterVersionResult.ParameterVersion'],
      'UnlabelParameterVersionRequest.ParameterVersion',
    ]),
  }),
  operations: operationsByName(operations.map(checked)),
  refusals: jsonValidationRefusals,
  access: ssmAccess,
};
