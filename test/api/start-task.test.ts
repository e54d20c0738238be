/** StartTask. */
import { StartTaskCommand } from '@aws-sdk/client-ecs';
import { beforeAll, expect, test } from 'vitest';
import { expectRefusal, withApi } from './support/api-under-test.ts';
import { registerDefinition } from './support/rows.ts';

const api = withApi();
beforeAll(() => registerDefinition(api().store, 'web', { networkMode: 'bridge' }));

const start = (containerInstances: string[], more = {}) =>
  api().ecs.send(new StartTaskCommand({ taskDefinition: 'web', containerInstances, ...more }));

test('StartTask starts one task on each instance named by id or ARN', async () => {
  const { instanceId, gateway } = api();
  const arn = `arn:aws:ecs:us-east-1:123456789012:container-instance/default/${instanceId}`;
  const { tasks } = await start([arn]);
  expect(tasks?.[0]?.containerInstanceArn).toBe(arn);
  expect(gateway.last('runTask')).toMatchObject({
    kind: 'StartTask',
    containerInstanceIds: [instanceId],
    launchType: 'EC2',
    count: 1,
  });
});

test('StartTask gives a task of an EXTERNAL definition that launch type', async () => {
  await registerDefinition(api().store, 'edge', { networkMode: 'bridge', requiresCompatibilities: ['EXTERNAL'] });
  await registerDefinition(api().store, 'any', { networkMode: 'bridge', requiresCompatibilities: ['EC2', 'EXTERNAL'] });
  const launchTypes = [];
  for (const taskDefinition of ['edge', 'any']) {
    launchTypes.push((await start([api().instanceId], { taskDefinition })).tasks?.[0]?.launchType);
  }
  expect(launchTypes).toEqual(['EXTERNAL', 'EC2']);
});

test.each<[string, string[], object, string, string | RegExp]>([
  ['no instances', [], {}, 'ClientException', 'Container Instances cannot be empty.'],
  ['too many', Array(11).fill('a'), {}, 'InvalidParameterException', /10/],
  ['long startedBy', ['a'], { startedBy: 'x'.repeat(37) }, 'InvalidParameterException', /startedBy.*36/],
  [
    'an instance of another cluster',
    ['arn:aws:ecs:us-east-1:123456789012:container-instance/other/abc'],
    {},
    'InvalidParameterException',
    'Invalid identifier: Identifier is for cluster other. Your cluster is default',
  ],
  ['no id', ['a'], {}, 'InvalidParameterException', 'instanceId length should be one of [32,36]'],
  ['unknown definition', ['a'.repeat(32)], { taskDefinition: 'nope' }, 'ClientException', 'TaskDefinition not found.'],
])('refuses: %s', async (_name, ...row) => {
  const [instances, more, code, message] = row;
  await expectRefusal(start(instances, more), code, message);
});
