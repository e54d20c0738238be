/** What programs in containers get: their role's keys, their secrets, and Longshore's doors, by unmodified SDKs that know nothing of it. */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  CreateServiceCommand,
  DescribeTasksCommand,
  GetTaskProtectionCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  type ContainerDefinition,
  type RegisterTaskDefinitionCommandInput,
  type Task,
} from '@aws-sdk/client-ecs';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { pythonEnvironment } from '../../tools/python.ts';
import { TEST_IMAGE } from '../support/images.ts';
import { withLongshore } from './support/lifetime.ts';
import { PATIENCE } from './support/web.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PASSWORD = 'canary-8c1f of the secret';
const ACCOUNT = '123456789012';
const roleArn = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;

const longshore = withLongshore();
let clients: { readonly iam: IAMClient; readonly secrets: SecretsManagerClient; readonly ssm: SSMClient };
let mounts: readonly string[];

beforeAll(async () => {
  const settings = {
    ...{ endpoint: longshore().url, region: 'us-east-1' },
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  };
  clients = {
    iam: new IAMClient(settings),
    secrets: new SecretsManagerClient(settings),
    ssm: new SSMClient(settings),
  };
  await makeRole('app', [
    { Effect: 'Allow', Action: ['ecs:ListTasks', 'ecs:GetTaskProtection', 'ecs:UpdateTaskProtection'], Resource: '*' },
    { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: 'arn:aws:secretsmanager:*:*:secret:app-*' },
  ]);
  await makeRole('start', [
    {
      Effect: 'Allow',
      Action: 'secretsmanager:GetSecretValue',
      Resource: 'arn:aws:secretsmanager:*:*:secret:password-*',
    },
    { Effect: 'Allow', Action: 'ssm:GetParameters', Resource: 'arn:aws:ssm:*:*:parameter/app/*' },
  ]);
  for (const [Name, SecretString] of [
    ['app', 'for the app'],
    ['other', 'for another'],
    ['password', JSON.stringify({ key: PASSWORD })],
  ])
    await clients.secrets.send(new CreateSecretCommand({ Name: Name!, SecretString: SecretString! }));
  await clients.ssm.send(new PutParameterCommand({ Name: '/app/level', Value: 'debug', Type: 'String' }));
  // The image has a shell alone: the host's programs are mounted into it.
  const python = (await pythonEnvironment()).program('python');
  const homes = [python, fs.realpathSync(python), fs.realpathSync(process.execPath)].map((file) =>
    path.resolve(file, '../..'),
  );
  mounts = [...new Set(['/usr', '/lib', '/lib64', ROOT.replace(/\/$/, ''), ...homes])];
});

afterAll(() => {
  for (const client of Object.values(clients)) client.destroy();
});

async function makeRole(RoleName: string, statements: readonly object[]): Promise<void> {
  const trust = { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const document = (Statement: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement });
  await clients.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: document([trust]) }));
  await clients.iam.send(
    new PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument: document(statements) }),
  );
}

function definition(
  family: string,
  container: Partial<ContainerDefinition>,
  more: Partial<RegisterTaskDefinitionCommandInput> = {},
): RegisterTaskDefinitionCommandInput {
  return {
    family,
    taskRoleArn: roleArn('app'),
    executionRoleArn: roleArn('start'),
    volumes: mounts.map((sourcePath, place) => ({ name: `v${place}`, host: { sourcePath } })),
    containerDefinitions: [
      {
        name: 'app',
        image: TEST_IMAGE,
        memory: 256,
        secrets: [
          { name: 'PASSWORD', valueFrom: `arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:password:key::` },
          { name: 'LEVEL', valueFrom: '/app/level' },
        ],
        mountPoints: mounts.map((containerPath, place) => ({
          sourceVolume: `v${place}`,
          containerPath,
          readOnly: true,
        })),
        ...container,
      },
    ],
    ...more,
  };
}

async function run(input: RegisterTaskDefinitionCommandInput): Promise<Task> {
  await longshore().ecs.send(new RegisterTaskDefinitionCommand(input));
  const awsvpc = { awsvpcConfiguration: { subnets: ['subnet-1'] } };
  const { tasks = [], failures } = await longshore().ecs.send(
    new RunTaskCommand({
      taskDefinition: input.family,
      ...(input.networkMode === 'awsvpc' ? { networkConfiguration: awsvpc } : {}),
    }),
  );
  expect(failures).toEqual([]);
  return tasks[0]!;
}

const stopped = ({ taskArn }: Task): Promise<Task> =>
  vi.waitFor(async () => {
    const { tasks = [] } = await longshore().ecs.send(new DescribeTasksCommand({ tasks: [taskArn!] }));
    expect(tasks[0]?.lastStatus).toBe('STOPPED');
    return tasks[0]!;
  }, PATIENCE);

/** What the task's container printed. */
async function printed(task: Task): Promise<string> {
  const { runtimeId = '' } = task.containers![0]!;
  const log = await longshore().engine.docker.getContainer(runtimeId).logs({ stdout: true, stderr: true });
  let text = '';
  // Each piece has a header of eight bytes: whose it is, and its length.
  for (let at = 0; at + 8 <= log.length; at += 8 + log.readUInt32BE(at + 4))
    text += log.toString('utf8', at + 8, at + 8 + log.readUInt32BE(at + 4));
  return text;
}

describe.each(['bridge', 'awsvpc', 'host'] as const)('in network mode %s', (networkMode) => {
  it('an SDK acts as the task’s role and as nothing else', async () => {
    const command = [process.execPath, fileURLToPath(new URL('fixtures/inside.mjs', import.meta.url))];
    const task = await stopped(await run(definition(`inside-${networkMode}`, { command }, { networkMode })));
    const text = await printed(task);
    expect(task.containers![0], text).toMatchObject({ exitCode: 0 });
    const answer = JSON.parse(text.slice(text.indexOf('{'))) as Record<string, unknown>;
    const taskId = task.taskArn!.split('/').at(-1)!;
    expect(answer).toMatchObject({
      identity: `arn:aws:sts::${ACCOUNT}:assumed-role/app/${taskId}`,
      tasks: expect.arrayContaining([task.taskArn]) as unknown,
      denied: expect.stringMatching(/^AccessDeniedException: User: arn:aws:sts:.*ecs:CreateCluster/) as unknown,
      read: 'for the app',
      unread: expect.stringMatching(/^AccessDeniedException: .*secretsmanager:GetSecretValue/) as unknown,
      task: task.taskArn,
      memory: true,
      digest: createHash('sha256').update(PASSWORD).digest('hex'),
    });
    expect(answer['unsigned']).toBeGreaterThanOrEqual(400);
    expect(answer['container']).toContain(`inside-${networkMode}`);
    // Only tasks of services can be protected.
    expect(answer['protection']).toMatchObject({ failure: { Reason: 'TASK_NOT_VALID' } });
  });
});

it('boto3 acts as the task’s role', async () => {
  const python = await pythonEnvironment();
  const script = `import boto3; print(boto3.client('sts', region_name='us-east-1').get_caller_identity()['Arn'])`;
  const task = await stopped(await run(definition('boto', { command: [python.program('python'), '-c', script] })));
  expect(await printed(task)).toContain(`assumed-role/app/${task.taskArn!.split('/').at(-1)!}`);
});

it('a secret that the execution role may not read stops the task, and says so', async () => {
  const secrets = [{ name: 'OTHER', valueFrom: `arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:other` }];
  const task = await stopped(await run(definition('denied', { secrets, command: ['true'] })));
  expect(task).toMatchObject({
    stopCode: 'TaskFailedToStart',
    stoppedReason: expect.stringMatching(
      /^ResourceInitializationError: unable to pull secrets or registry auth: .*AccessDeniedException/s,
    ) as unknown,
  });
});

it('a task of a service protects itself from scale-in', async () => {
  const put = { method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{"ProtectionEnabled":true}' };
  const script = `fetch(process.env.ECS_AGENT_URI + '/task-protection/v1/state', ${JSON.stringify(put)}); setInterval(() => {}, 1000)`;
  const { ecs } = longshore();
  await ecs.send(
    new RegisterTaskDefinitionCommand(definition('protects', { command: [process.execPath, '-e', script] })),
  );
  await ecs.send(new CreateServiceCommand({ serviceName: 'protects', taskDefinition: 'protects', desiredCount: 1 }));
  await vi.waitFor(async () => {
    const { taskArns = [] } = await ecs.send(new ListTasksCommand({ serviceName: 'protects' }));
    expect(taskArns).toHaveLength(1);
    const { protectedTasks } = await ecs.send(new GetTaskProtectionCommand({ cluster: 'default', tasks: taskArns }));
    expect(protectedTasks?.[0]?.protectionEnabled).toBe(true);
  }, PATIENCE);
});
