/** The first task definition of the ECS guide, with numbers as strings, as a task and as a service of three, in both protocols. */
import { expect, test } from 'vitest';
import { withApi } from './support/api-under-test.ts';

const api = withApi();

const WEBSERVER = {
  family: 'webserver',
  containerDefinitions: [{ name: 'web', image: 'nginx', memory: '100', cpu: '99' }],
  requiresCompatibilities: ['FARGATE'],
  networkMode: 'awsvpc',
  memory: '512',
  cpu: '256',
};
const LAUNCH = {
  launchType: 'FARGATE',
  networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'], assignPublicIp: 'ENABLED' } },
};

async function awsJson(operation: string, body: object): Promise<Record<string, never>> {
  const response = await fetch(api().url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AmazonEC2ContainerServiceV20141113.${operation}`,
    },
    body: JSON.stringify(body),
  });
  const answer: unknown = await response.json();
  expect(response.status, JSON.stringify(answer)).toBe(200);
  return answer as Record<string, never>;
}

test('AWS JSON: the guide’s web server is registered, run as a task, and kept as a service of three', async () => {
  await awsJson('RegisterTaskDefinition', WEBSERVER);
  const { tasks, failures } = await awsJson('RunTask', { taskDefinition: 'webserver', ...LAUNCH });
  expect(failures).toEqual([]);
  expect(tasks).toMatchObject([{ launchType: 'FARGATE', platformVersion: '1.4.0', createdAt: expect.any(Number) }]);
  const { service } = await awsJson('CreateService', {
    serviceName: 'web',
    taskDefinition: 'webserver',
    desiredCount: 3,
    ...LAUNCH,
  });
  expect(service).toMatchObject({
    desiredCount: 3,
    networkConfiguration: { awsvpcConfiguration: { assignPublicIp: 'ENABLED' } },
    deployments: [{ status: 'PRIMARY', desiredCount: 3, platformVersion: '1.4.0' }],
  });
});

test('REST: the same task and service as resources', async () => {
  const post = await fetch(`${api().url}/v1/clusters/default/tasks`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ taskDefinition: 'webserver', ...LAUNCH }),
  });
  const { tasks } = (await post.json()) as { tasks: { taskArn: string }[] };
  const id = tasks[0]!.taskArn.split('/').at(-1)!;
  const got = await fetch(`${api().url}/v1/clusters/default/tasks/${id}`);
  expect(got.status).toBe(200);
  expect(JSON.stringify(await got.json())).toContain(id);
  const service = await fetch(`${api().url}/v1/clusters/default/services/web`);
  expect(service.status).toBe(200);
  expect(JSON.stringify(await service.json())).toContain('"desiredCount":3');
});
