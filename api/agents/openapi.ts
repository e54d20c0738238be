/** The OpenAPI entries for the routes of join tokens and of revocations. */
import { JOIN_TOKEN_STATUSES } from '../../model/join-token.ts';

const SECONDS = { type: 'number', description: 'Seconds since 1970-01-01 UTC; the fraction has milliseconds.' };
const JOIN_TOKEN = { $ref: '#/components/schemas/JoinToken' };
const ZONE = { type: 'string', description: 'The zone of all agents that join; absent: each says where it is.' };

export const AGENT_SCHEMAS = {
  JoinTokenRequest: {
    type: 'object',
    additionalProperties: false,
    properties: {
      availabilityZone: ZONE,
      uses: { type: 'integer', minimum: 1, maximum: 1000, default: 1, description: 'How many agents may join.' },
      durationSeconds: { type: 'integer', minimum: 60, maximum: 2_592_000, default: 3600 },
    },
  },
  JoinToken: {
    type: 'object',
    required: ['tokenId', 'clusterName', 'uses', 'usesLeft', 'status', 'createdAt', 'expiresAt', 'createdBy'],
    properties: {
      tokenId: { type: 'string' },
      clusterName: { type: 'string' },
      availabilityZone: ZONE,
      uses: { type: 'integer' },
      usesLeft: { type: 'integer' },
      status: { type: 'string', enum: JOIN_TOKEN_STATUSES },
      createdAt: SECONDS,
      expiresAt: SECONDS,
      revokedAt: SECONDS,
      createdBy: { type: 'string', description: 'The ARN of the principal that made it.' },
    },
  },
} as const;

const json = (schema: object) => ({ content: { 'application/json': { schema } } });
const object = (properties: object, required: readonly string[] = Object.keys(properties)) => ({
  ...{ type: 'object', required, properties },
});
const inPath = (name: string) => ({ name, in: 'path', required: true, schema: { type: 'string' } });
interface Described {
  readonly schema: object;
  readonly status?: string;
  readonly description?: string;
  readonly parameters: readonly object[];
  readonly requestBody?: object;
}
const of = (operationId: string, tag: string, { schema, status = '200', ...members }: Described) => ({
  ...{ operationId, tags: [tag], ...members },
  responses: {
    [status]: { description: 'Done.', ...json(schema) },
    default: {
      description: 'Refused or failed: the ECS error.',
      ...json({ $ref: '#/components/schemas/Error' }),
    },
  },
});

export const AGENT_PATHS = {
  '/v1/clusters/{cluster}/join-tokens': {
    get: of('ListJoinTokens', 'join-tokens', {
      parameters: [
        inPath('cluster'),
        { name: 'after', in: 'query', schema: { type: 'string' }, description: 'The `next` of a page.' },
      ],
      schema: object({ joinTokens: { type: 'array', items: JOIN_TOKEN }, next: { type: 'string' } }, ['joinTokens']),
    }),
    post: of('CreateJoinToken', 'join-tokens', {
      parameters: [inPath('cluster')],
      requestBody: { required: false, ...json({ $ref: '#/components/schemas/JoinTokenRequest' }) },
      status: '201',
      schema: object({
        joinToken: JOIN_TOKEN,
        url: {
          type: 'string',
          description: 'For `longshore agent --join`. Shown once: it has the secret of the token.',
        },
      }),
    }),
  },
  '/v1/clusters/{cluster}/join-tokens/{tokenId}': {
    delete: of('RevokeJoinToken', 'join-tokens', {
      description: 'No agent can join with the token any more. Those that did stay.',
      parameters: [inPath('cluster'), inPath('tokenId')],
      schema: object({ joinToken: JOIN_TOKEN }),
    }),
  },
  '/v1/clusters/{cluster}/container-instances/{containerInstance}/revocation': {
    post: of('RevokeContainerInstance', 'container-instances', {
      description:
        'Cuts the agent off within a second and for good: its certificates open no connection any more, and open ones end.',
      parameters: [inPath('cluster'), inPath('containerInstance')],
      schema: object({ containerInstanceArn: { type: 'string' }, revokedAt: SECONDS }),
    }),
  },
};
