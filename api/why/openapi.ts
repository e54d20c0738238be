/** The OpenAPI entry for the route of `why`. */
const parameter = (name: string, more: object) => ({
  name,
  in: 'path',
  required: true,
  schema: { type: 'string', ...more },
});

export const WHY_PATHS = {
  '/v1/why/call/{requestId}': {
    get: {
      operationId: 'WhyCall',
      tags: ['why'],
      description:
        'Tells who called what and with which answer, and which policies and statements decided. Of calls that changed something, gave credentials or were denied.',
      parameters: [
        parameter('requestId', {
          description: 'As an answer has it in `x-amzn-RequestId`, or its first 8 characters.',
        }),
      ],
      responses: {
        '200': {
          description: 'The call.',
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['requestId', 'at', 'headline', 'details', 'judgements', 'event'],
                properties: {
                  requestId: { type: 'string', format: 'uuid' },
                  at: { type: 'number', description: 'Seconds since 1970-01-01 UTC.' },
                  headline: { type: 'string', description: 'Who called what, and how it ended.' },
                  details: { type: 'array', items: { type: 'string' }, description: 'What decided.' },
                  judgements: {
                    type: 'array',
                    items: { type: 'object' },
                    description: 'What policies said about each action on each resource.',
                  },
                  event: { $ref: '#/components/schemas/AuditEvent' },
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
  '/v1/why/{subject}/{id}': {
    get: {
      operationId: 'Why',
      tags: ['why'],
      description:
        'Tells why things happened: the chain of decisions from an API call to the end of a container, oldest first, each in plain words and with its record.',
      parameters: [
        parameter('subject', { enum: ['task', 'service', 'deployment', 'instance'] }),
        parameter('id', { description: 'An ARN, an id or its first 8 characters, or the name of a service.' }),
        { name: 'cluster', in: 'query', schema: { type: 'string' } },
      ],
      responses: {
        '200': {
          description: 'The chain.',
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['clusterName', 'subject', 'id', 'chain'],
                properties: {
                  clusterName: { type: 'string' },
                  subject: { type: 'string' },
                  id: { type: 'string' },
                  chain: {
                    type: 'array',
                    items: {
                      type: 'object',
                      required: ['at', 'kind', 'sentence', 'headline', 'details'],
                      properties: {
                        at: { type: 'number', description: 'Seconds since 1970-01-01 UTC.' },
                        kind: { type: 'string', enum: ['call', 'decision', 'task'] },
                        sentence: { type: 'string', description: 'The headline and the details as one text.' },
                        headline: { type: 'string', description: 'What happened, and why.' },
                        details: {
                          type: 'array',
                          items: { type: 'string' },
                          description: 'What caused it, and the facts that the decision rests on.',
                        },
                        decision: { type: 'object', description: 'The record behind the words.' },
                      },
                    },
                  },
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
