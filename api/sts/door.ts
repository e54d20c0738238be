/** AWS Security Token Service: who a caller is, and temporary credentials. AWS Query, version 2011-06-15. */
import * as sdk from '@aws-sdk/client-sts';
import { type Door, operationsByName } from '../door.ts';
import { Catalogue } from '../protocol/catalogue.ts';
import { validationRefusals } from '../protocol/validation-errors.ts';
import { stsAccess } from './access.ts';
import { assumeRole } from './operations/assume-role.ts';
import { assumeRoleWithWebIdentity } from './operations/assume-role-with-web-identity.ts';
import { getAccessKeyInfo } from './operations/get-access-key-info.ts';
import { getCallerIdentity } from './operations/get-caller-identity.ts';
import { getSessionToken } from './operations/get-session-token.ts';

export const stsDoor: Door = {
  service: 'sts',
  protocol: { kind: 'query', version: '2011-06-15', namespace: 'https://sts.amazonaws.com/doc/2011-06-15/' },
  catalogue: new Catalogue(sdk),
  operations: operationsByName([
    assumeRole,
    assumeRoleWithWebIdentity,
    getAccessKeyInfo,
    getCallerIdentity,
    getSessionToken,
  ]),
  refusals: validationRefusals,
  access: stsAccess,
  unsigned: new Set([assumeRoleWithWebIdentity.name]),
};
