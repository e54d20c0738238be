/** AWS CloudTrail: the history of calls. AWS JSON 1.1. Trails, event data stores and Insights do not exist here. */
import * as sdk from '@aws-sdk/client-cloudtrail';
import { AwsError } from '../../model/errors.ts';
import { type Door, operationsByName } from '../door.ts';
import { Catalogue } from '../protocol/catalogue.ts';
import type { ShapeRefusals } from '../protocol/shape-refusals.ts';
import { lookupEvents } from './operations/lookup-events.ts';
import { invalidAttributes } from './refusals.ts';

/** Only attributes have required members and enums. */
const refusals: ShapeRefusals = {
  missing: (_operation, path) => invalidAttributes(`${path} is missing.`),
  outside: (_operation, { path, values }) => invalidAttributes(`${path} must be one of ${values.join(', ')}.`),
  mistyped: (path, why) => new AwsError('SerializationException', `${path}: ${why}`),
  unknown: (_operation, paths) =>
    new AwsError('UnsupportedOperationException', `Not supported by Longshore yet: ${paths.join(', ')}.`),
};

export const cloudtrailDoor: Door = {
  service: 'cloudtrail',
  protocol: {
    ...{ kind: 'json', version: '1.1', targetPrefix: 'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.' },
    // The AWS CLI and boto3 send the one, the SDK for JavaScript the other.
    otherPrefix: 'CloudTrail_20131101.',
  },
  catalogue: new Catalogue(sdk, {
    valuesOf: (path) => (path === 'LookupAttribute.AttributeKey' ? Object.values(sdk.LookupAttributeKey) : undefined),
  }),
  operations: operationsByName([lookupEvents]),
  refusals,
  access: (operation) => [{ action: `cloudtrail:${operation}`, resources: ['*'], context: {} }],
};
