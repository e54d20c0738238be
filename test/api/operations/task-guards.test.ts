/** Guards of tasks: which calls refuse what a cluster's tasks may not do. */
import {
  CreateClusterCommand,
  CreateServiceCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StartTaskCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { beforeAll, describe, expect, it } from 'vitest';
import { withApi } from '../support/api-under-test.ts';

const api = withApi({ guards: { default: {}, clusters: { lab: { privileged: true } } } });
const send = ((command) => api().ecs.send(command)) as ReturnType<typeof api>['ecs']['send'];

const REFUSAL =
  'Tasks in cluster default may not have containerDefinitions[app].privileged. The operator can allow it with LONGSHORE_TASK_GUARDS.';
const register = (family: string, privileged: boolean) =>
  send(
    new RegisterTaskDefinitionCommand({
      family,
      containerDefinitions: [{ name: 'app', image: 'app:1', memory: 64, privileged }],
    }),
  );

beforeAll(async () => {
  await send(new CreateClusterCommand({ clusterName: 'lab' }));
  await register('mighty', true);
  await register('plain', false);
  await send(new CreateServiceCommand({ serviceName: 'plain', taskDefinition: 'plain', desiredCount: 1 }));
});

describe('a privileged definition', () => {
  it('may be registered, and runs in no cluster that does not allow it', async () => {
    const refused = { name: 'ClientException', message: REFUSAL };
    const taskDefinition = 'mighty';
    const containerInstances = [api().instanceId];
    await expect(send(new RunTaskCommand({ taskDefinition }))).rejects.toMatchObject(refused);
    await expect(send(new StartTaskCommand({ taskDefinition, containerInstances }))).rejects.toMatchObject(refused);
    await expect(
      send(new CreateServiceCommand({ serviceName: 'mighty', taskDefinition, desiredCount: 1 })),
    ).rejects.toMatchObject(refused);
    await expect(send(new UpdateServiceCommand({ service: 'plain', taskDefinition }))).rejects.toMatchObject(refused);
  });

  it('runs where the operator allows it', async () => {
    const { failures } = await send(new RunTaskCommand({ cluster: 'lab', taskDefinition: 'mighty' }));
    expect(failures).toEqual([]);
  });
});
