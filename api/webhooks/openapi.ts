/** The OpenAPI entries for the routes of webhooks. */

const SECONDS = { type: 'number', description: 'Seconds since 1970-01-01 UTC; the fraction has milliseconds.' };
const STATUS = { type: 'string', enum: ['ENABLED', 'DISABLED'] };
const PATTERN = { type: 'object', description: "An event pattern, as EventBridge's. Without one: every event." };
const WEBHOOK = { $ref: '#/components/schemas/Webhook' };

export const WEBHOOK_SCHEMAS = {
  WebhookRequest: {
    type: 'object',
    properties: {
      url: { type: 'string', format: 'uri', description: 'http or https; each event is posted there.' },
      pattern: { ...PATTERN, type: ['object', 'null'] },
      secret: { type: ['string', 'null'], description: 'Signs each delivery; never shown.' },
      status: STATUS,
    },
  },
  Webhook: {
    type: 'object',
    required: ['webhookId', 'url', 'status', 'hasSecret', 'createdAt', 'updatedAt', 'delivery'],
    properties: {
      webhookId: { type: 'string' },
      url: { type: 'string' },
      pattern: PATTERN,
      status: STATUS,
      hasSecret: { type: 'boolean' },
      createdAt: SECONDS,
      updatedAt: SECONDS,
      delivery: {
        type: 'object',
        required: ['position', 'delivered', 'dropped', 'failures'],
        properties: {
          position: { type: 'string', description: 'Every event up to this position has been delivered or dropped.' },
          delivered: { type: 'integer' },
          dropped: { type: 'integer', description: 'Events that could not be delivered for a day.' },
          failures: { type: 'integer', description: 'Attempts in a row that failed.' },
          lastError: { type: 'string' },
          lastDeliveredAt: SECONDS,
          failingSince: SECONDS,
          nextAttemptAt: SECONDS,
        },
      },
    },
  },
} as const;

const json = (schema: object) => ({ content: { 'application/json': { schema } } });
const responses = (schema: object, status = '200') => ({
  [status]: { description: 'Done.', ...json(schema) },
  default: {
    description: 'Refused or failed: the ECS error.',
    ...json({ $ref: '#/components/schemas/Error' }),
  },
});
const requestBody = { required: true, ...json({ $ref: '#/components/schemas/WebhookRequest' }) };
const ID = { name: 'webhookId', in: 'path', required: true, schema: { type: 'string' } };
const of = (operationId: string, members: object) => ({ operationId, tags: ['webhooks'], ...members });

export const WEBHOOK_PATHS = {
  '/v1/webhooks': {
    get: of('ListWebhooks', {
      parameters: [{ name: 'after', in: 'query', schema: { type: 'string' }, description: 'The `next` of a page.' }],
      responses: responses({
        type: 'object',
        required: ['webhooks'],
        properties: { webhooks: { type: 'array', items: WEBHOOK }, next: { type: 'string' } },
      }),
    }),
    post: of('CreateWebhook', { requestBody, responses: responses(WEBHOOK, '201') }),
  },
  '/v1/webhooks/{webhookId}': {
    get: of('DescribeWebhook', { parameters: [ID], responses: responses(WEBHOOK) }),
    patch: of('UpdateWebhook', { parameters: [ID], requestBody, responses: responses(WEBHOOK) }),
    delete: of('DeleteWebhook', { parameters: [ID], responses: responses(WEBHOOK) }),
  },
};
