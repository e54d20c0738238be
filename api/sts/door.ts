/** AWS Security Token Service: who a caller is. AWS Query, version 2011-06-15. */
import * as sdk from '@aws-sdk/client-sts';
import { type Door, operationsByName } from '../door.ts';
import { Catalogue } from '../protocol/catalogue.ts';
import { validationRefusals } from '../protocol/validation-errors.ts';
import { getCallerIdentity } from './operations/get-caller-identity.ts';

export const stsDoor: Door = {
  service: 'sts',
  protocol: { kind: 'query', version: '2011-06-15', namespace: 'https://sts.amazonaws.com/doc/2011-06-15/' },
  catalogue: new Catalogue(sdk),
  operations: operationsByName([getCallerIdentity]),
  refusals: validationRefusals,
};
