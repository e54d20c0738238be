/** AWS Identity and Access Management: who there is, and what each may do. AWS Query, version 2010-05-08. */
import { type Door, operationsByName } from '../door.ts';
import { validationRefusals } from '../protocol/validation-errors.ts';
import { iamCatalogue } from './catalogue.ts';
import { operations } from './operations/index.ts';
import { checked } from './rules/checked.ts';

export const iamDoor: Door = {
  service: 'iam',
  protocol: { kind: 'query', version: '2010-05-08', namespace: 'https://iam.amazonaws.com/doc/2010-05-08/' },
  catalogue: iamCatalogue,
  operations: operationsByName(operations.map(checked)),
  refusals: validationRefusals,
};
