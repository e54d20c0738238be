/** The OpenAPI entry for the route that shows a capacity provider's demand. */
const parameter = (name: string) => ({ name, in: 'path', required: true, schema: { type: 'string' } });
const integer = { type: 'integer' };

export const DEMAND_PATHS = {
  '/v1/clusters/{cluster}/capacity-providers/{name}/demand': {
    get: {
      operationId: 'DescribeCapacityProviderDemand',
      tags: ['capacity-providers'],
      description:
        "How many instances the provider's group has and needs in the cluster, as ECS's managed scaling counts.",
      parameters: [parameter('cluster'), parameter('name')],
      responses: {
        '200': {
          description: 'The figures; `reservation` is needed / instances in percent.',
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['instances', 'needed', 'reservation', 'waitingTasks', 'tooBig'],
                properties: {
                  instances: integer,
                  needed: integer,
                  reservation: { type: 'number' },
                  waitingTasks: integer,
                  tooBig: integer,
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
