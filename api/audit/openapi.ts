/** The OpenAPI entry for the route of the audit. */
import { MOST_RECORDS } from './query.ts';

const query = (name: string, description: string, schema: object = { type: 'string' }) => ({
  ...{ name, in: 'query', schema, description },
});

export const AUDIT_SCHEMAS = {
  AuditEvent: {
    type: 'object',
    description: "A call in the form of CloudTrail's records.",
    required: [
      ...['eventVersion', 'userIdentity', 'eventTime', 'eventSource', 'eventName', 'awsRegion', 'sourceIPAddress'],
      ...['requestParameters', 'responseElements', 'requestID', 'eventID', 'readOnly', 'eventType'],
      ...['managementEvent', 'recipientAccountId', 'eventCategory'],
    ],
    properties: {
      eventVersion: { type: 'string' },
      userIdentity: { type: 'object' },
      eventTime: { type: 'string', format: 'date-time' },
      eventSource: { type: 'string' },
      eventName: { type: 'string' },
      awsRegion: { type: 'string' },
      sourceIPAddress: { type: 'string' },
      userAgent: { type: 'string' },
      errorCode: { type: 'string' },
      errorMessage: { type: 'string' },
      requestParameters: { type: ['object', 'null'] },
      responseElements: { type: ['object', 'null'] },
      additionalEventData: { type: 'object' },
      requestID: { type: 'string', format: 'uuid' },
      eventID: { type: 'string', format: 'uuid' },
      readOnly: { type: 'boolean' },
      resources: { type: 'array', items: { type: 'object' } },
      eventType: { type: 'string' },
      managementEvent: { type: 'boolean' },
      recipientAccountId: { type: 'string' },
      eventCategory: { type: 'string' },
      tlsDetails: { type: 'object' },
    },
  },
} as const;

export const AUDIT_PATHS = {
  '/v1/audit': {
    get: {
      operationId: 'ListAudit',
      tags: ['audit'],
      description:
        'Calls that changed something, gave credentials or were denied, newest first. All filters must hold.',
      parameters: [
        query('user', 'The name of a user or of a role’s session, or `root`.'),
        query('eventName', 'The operation, such as `RunTask`.'),
        query('eventSource', 'Such as `ecs.amazonaws.com`; `longshore` for Longshore’s own routes.'),
        query('resource', 'The ARN of a resource, or its last part.'),
        query('resourceType', 'Such as `AWS::ECS::Service`.'),
        query('requestId', 'As an answer has it in `x-amzn-RequestId`.', { type: 'string', format: 'uuid' }),
        query('accessKeyId', 'The key with which the call was signed.'),
        query('errorsOnly', 'Only calls that were refused or failed.', { type: 'boolean', default: false }),
        query('since', 'At or after: ISO 8601 or epoch seconds.'),
        query('until', 'At or before: ISO 8601 or epoch seconds.'),
        query('limit', 'Events at most.', { type: 'integer', minimum: 1, maximum: MOST_RECORDS, default: 50 }),
        query('nextToken', 'Goes on where the page ended that had it.'),
      ],
      responses: {
        '200': {
          description: 'A page, of two mebibytes of events at most. `nextToken` is there if more follow.',
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['events'],
                properties: {
                  events: { type: 'array', items: { $ref: '#/components/schemas/AuditEvent' } },
                  nextToken: { type: 'string' },
                },
              },
            },
          },
        },
        default: {
          description: 'Refused or failed: the ECS error.',
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
        },
      },
    },
  },
} as const;
