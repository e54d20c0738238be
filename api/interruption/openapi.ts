/** The OpenAPI entry for the route of interruptions. */
const parameter = (name: string) => ({ name, in: 'path', required: true, schema: { type: 'string' } });

export const INTERRUPTION_PATHS = {
  '/v1/clusters/{cluster}/container-instances/{containerInstance}/interruption': {
    post: {
      operationId: 'InterruptContainerInstance',
      tags: ['container-instances'],
      description:
        'Gives notice that the machine will go away soon: the instance becomes DRAINING, its tasks are replaced elsewhere and stopped within two minutes (SpotInterruption).',
      parameters: [parameter('cluster'), parameter('containerInstance')],
      responses: {
        '202': {
          description: 'The container instance as it is recorded now.',
          content: { 'application/json': { schema: { type: 'object' } } },
        },
        default: {
          description: 'Refused or failed: the ECS error.',
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
        },
      },
    },
  },
} as const;
