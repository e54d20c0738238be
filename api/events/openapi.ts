/** The OpenAPI entries for the routes of events. */
import { DETAIL_TYPES } from '../../model/event.ts';
import { MOST_EVENTS } from './query.ts';

const query = (name: string, schema: object, description: string) => ({ name, in: 'query', schema, description });
const refusal = {
  description: 'Refused or failed: the ECS error.',
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
};
const answer = (description: string, type: string, schema: object) => ({
  '200': { description, content: { [type]: { schema } } },
  default: refusal,
});

const DETAIL_TYPE = { type: 'string', enum: Object.values(DETAIL_TYPES) };
const FILTERS = [
  query('cluster', { type: 'string' }, 'Name or ARN.'),
  query('detailType', { type: 'array', items: DETAIL_TYPE }, 'May be repeated.'),
  query('resource', { type: 'string' }, 'ARN of a task, service or container instance; or its id or name.'),
];
const after = (otherwise: string) =>
  query('after', { type: 'string' }, `Position after which to continue. Without it: ${otherwise}.`);

export const EVENT_SCHEMAS = {
  Event: {
    type: 'object',
    description: "An event in EventBridge's form.",
    required: ['version', 'id', 'detail-type', 'source', 'account', 'time', 'region', 'resources', 'detail'],
    properties: {
      version: { type: 'string' },
      id: { type: 'string', format: 'uuid' },
      'detail-type': DETAIL_TYPE,
      source: { type: 'string' },
      account: { type: 'string' },
      time: { type: 'string', format: 'date-time' },
      region: { type: 'string' },
      resources: { type: 'array', items: { type: 'string' } },
      detail: { type: 'object' },
    },
  },
} as const;

export const EVENT_PATHS = {
  '/v1/events': {
    get: {
      operationId: 'ListEvents',
      tags: ['events'],
      description: 'A page of events, oldest first.',
      parameters: [
        ...FILTERS,
        after('the oldest event kept'),
        query('limit', { type: 'integer', minimum: 1, maximum: MOST_EVENTS, default: 100 }, 'Events at most.'),
      ],
      responses: answer(
        'A page. `next` is the position to pass as `after`, even if there are no more events yet.',
        'application/json',
        {
          type: 'object',
          required: ['events', 'next'],
          properties: {
            events: { type: 'array', items: { $ref: '#/components/schemas/Event' } },
            next: { type: 'string' },
          },
        },
      ),
    },
  },
  '/v1/events/stream': {
    get: {
      operationId: 'FollowEvents',
      tags: ['events'],
      description:
        'Server-sent events: the id of each is its position, its data the event. Resumes after Last-Event-ID.',
      parameters: [
        ...FILTERS,
        after('from now on'),
        { name: 'Last-Event-ID', in: 'header', schema: { type: 'string' } },
      ],
      responses: answer('The stream; it ends when the server does.', 'text/event-stream', { type: 'string' }),
    },
  },
} as const;
