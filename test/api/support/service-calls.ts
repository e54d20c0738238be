/** Calls on one service, a new one for each test of a file, in an API with definitions and clusters for them. */
import {
  CreateServiceCommand,
  DeleteServiceCommand,
  DescribeServicesCommand,
  UpdateServiceCommand,
  type CreateServiceCommandInput,
  type ThresholdType,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import { beforeAll, beforeEach } from 'vitest';
import { type ApiUnderTest, ensureCluster } from './api-under-test.ts';
import { registerDefinition, serviceRow } from './rows.ts';

export const AWSVPC = { awsvpcConfiguration: { subnets: ['subnet-1'] } };
export const serviceArnOf = (name: string, cluster = 'default') =>
  `arn:aws:ecs:us-east-1:123456789012:service/${cluster}/${name}`;

export const breaker = (type: ThresholdType, value: number) => ({
  enable: true,
  rollback: true,
  thresholdConfiguration: { type, value },
});

export function withServiceCalls(api: () => ApiUnderTest) {
  let serial = 0;
  const nameNow = () => `service-${serial}`;
  beforeEach(() => {
    serial += 1;
  });
  beforeAll(async () => {
    const { store } = api();
    await registerDefinition(store, 'web', { networkMode: 'bridge' }, [{ key: 'tier', value: 'front' }]);
    await registerDefinition(store, 'web', { networkMode: 'bridge' }, [{ key: 'tier', value: 'second' }]);
    await registerDefinition(store, 'fargate', { networkMode: 'awsvpc' });
    await registerDefinition(store, 'retired');
    await store.deregisterTaskDefinition('retired', 1, Date.now());
    for (const cluster of ['other', 'lists']) await ensureCluster(store, cluster);
  });
  return {
    /** The name of the running test's service. */
    nameNow,
    create: (input: Partial<CreateServiceCommandInput> = {}) =>
      api().ecs.send(
        new CreateServiceCommand({ serviceName: nameNow(), taskDefinition: 'web:1', desiredCount: 2, ...input }),
      ),
    update: (input: Partial<UpdateServiceCommandInput>) =>
      api().ecs.send(new UpdateServiceCommand({ service: nameNow(), ...input })),
    remove: (input: object = {}) => api().ecs.send(new DeleteServiceCommand({ service: nameNow(), ...input })),
    describeOne: async (input: object = {}) =>
      (await api().ecs.send(new DescribeServicesCommand({ services: [nameNow()], ...input }))).services?.[0],
    /** Writes a service's row as its workflow would have. */
    seed: async (
      members: Parameters<typeof serviceRow>[0],
      { cluster = 'default', serviceName = nameNow() } = {},
    ): Promise<void> => {
      const record = serviceRow(members);
      const definition = { ...record.definition, serviceName, clusterName: cluster };
      const service = { ...record, definition };
      await api().store.recordOwner({ clusterName: cluster, tasks: [], service, events: [] });
    },
  };
}
