/** All operations of the IAM API, and which of their texts are enums. */
import * as sdk from '@aws-sdk/client-iam';
import { Catalogue } from '../protocol/catalogue.ts';

const ENUMS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // A key expires only where AWS itself manages it.
  'UpdateAccessKeyRequest.Status': { Active: 'Active', Inactive: 'Inactive' },
  'ListPoliciesRequest.Scope': sdk.PolicyScopeType,
  'ListPoliciesRequest.PolicyUsageFilter': sdk.PolicyUsageType,
  'ListEntitiesForPolicyRequest.PolicyUsageFilter': sdk.PolicyUsageType,
  'ListEntitiesForPolicyRequest.EntityFilter': sdk.EntityType,
  'ContextEntry.ContextKeyType': sdk.ContextKeyTypeEnum,
};

export const iamCatalogue = new Catalogue(sdk, {
  valuesOf: (path) => {
    const values = ENUMS[path];
    return values && Object.values(values);
  },
});
