/**
 * Tasks with secrets on a whole Longshore, beside its API and through the agent door: their containers have the values, and
 * nobody else has.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ContainerDefinition,
  DescribeTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  type Task,
} from '@aws-sdk/client-ecs';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import proto from '@temporalio/proto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startDockerEngine, type DockerEngine } from '../../fixtures/docker-engines.ts';
import { embeddedDatabaseUrl } from '../../tools/embedded/postgres.ts';
import { connectTemporal } from '../../tools/temporal-connection.ts';
import type { AgentProcess } from '../support/longshore.ts';
import { TEST_IMAGE } from '../support/images.ts';
import { withLongshore } from './support/lifetime.ts';
import { PATIENCE } from './support/web.ts';

const ZONE = 'us-east-1z';
const CANARY = `canary-${randomBytes(8).toString('hex')}`;
const VALUES = {
  WHOLE: JSON.stringify({ user: 'me', password: `${CANARY}-key` }),
  KEY: `${CANARY}-key`,
  PARAMETER: `${CANARY}-parameter`,
  FILE: `${CANARY}-file`,
};

const folder = mkdtempSync(join(tmpdir(), 'longshore-secrets-'));
mkdirSync(join(folder, 'bucket'));
writeFileSync(join(folder, 'bucket', 'web.env'), `FILE=${VALUES.FILE}\n`);
const longshore = withLongshore({ env: { LONGSHORE_ENVIRONMENT_FILES: folder, LONGSHORE_LOG_LEVEL: 'debug' } });

let remoteEngine: DockerEngine;
let agent: AgentProcess;
let secretArn: string;
const clientSettings = () => ({
  ...{ endpoint: longshore().url, region: 'us-east-1' },
  credentials: { accessKeyId: 'longshore', secretAccessKey: 'longshore' },
});

async function makeRole(RoleName: string, statement: object): Promise<void> {
  const iam = new IAMClient(clientSettings());
  const trust = { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const document = (Statement: object): string => JSON.stringify({ Version: '2012-10-17', Statement });
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: document(trust) }));
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument: document(statement) }));
}

beforeAll(async () => {
  remoteEngine = await startDockerEngine();
  agent = await longshore().startAgent({ engine: remoteEngine, zone: ZONE });
  const secrets = new SecretsManagerClient(clientSettings());
  secretArn = (await secrets.send(new CreateSecretCommand({ Name: 'prod/db', SecretString: VALUES.WHOLE }))).ARN!;
  const parameter = { Name: '/prod/parameter', Type: 'SecureString', Value: VALUES.PARAMETER } as const;
  await new SSMClient(clientSettings()).send(new PutParameterCommand(parameter));
  const Action = ['secretsmanager:GetSecretValue', 'ssm:GetParameters', 's3:GetObject'];
  await makeRole('execution', { Effect: 'Allow', Action, Resource: '*' });
  await makeRole('powerless', { Effect: 'Deny', Action, Resource: '*' });
});
afterAll(() => remoteEngine.destroy());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const shell = (name: string, script: string, more: Partial<ContainerDefinition> = {}): ContainerDefinition => ({
  ...{ name, image: TEST_IMAGE, memory: 16, entryPoint: ['/bin/sh', '-c'], command: [script], stopTimeout: 1 },
  ...more,
});

/** Succeeds if the container has the values; its hashes say nothing of them. */
const CHECK = Object.entries(VALUES)
  .map(([name, value]) => {
    const hash = createHash('sha256').update(value).digest('hex');
    return `[ "$(printf %s "$${name}" | sha256sum)" = "${hash}  -" ]`;
  })
  .join(' && ');

const allSecrets = (): Partial<ContainerDefinition> => ({
  secrets: [
    { name: 'WHOLE', valueFrom: secretArn },
    { name: 'KEY', valueFrom: `${secretArn}:password::` },
    { name: 'PARAMETER', valueFrom: '/prod/parameter' },
  ],
  environmentFiles: [{ type: 's3', value: 'arn:aws:s3:::bucket/web.env' }],
  logConfiguration: { logDriver: 'json-file', secretOptions: [{ name: 'tag', valueFrom: '/prod/parameter' }] },
});

let families = 0;

/** Runs the containers where the constraint says, and returns the task once it has this status. */
async function run(
  containers: readonly ContainerDefinition[],
  { remote = false, role = 'execution', until = 'STOPPED' }: { remote?: boolean; role?: string; until?: string } = {},
): Promise<Task> {
  const { ecs } = longshore();
  const family = `secrets-${++families}`;
  await ecs.send(
    new RegisterTaskDefinitionCommand({ family, executionRoleArn: role, containerDefinitions: [...containers] }),
  );
  const expression = `attribute:ecs.availability-zone ${remote ? '==' : '!='} ${ZONE}`;
  const { tasks, failures } = await ecs.send(
    new RunTaskCommand({ taskDefinition: family, placementConstraints: [{ type: 'memberOf', expression }] }),
  );
  expect(failures).toEqual([]);
  return vi.waitFor(async () => {
    const described = await ecs.send(new DescribeTasksCommand({ tasks: [tasks![0]!.taskArn!] }));
    const task = described.tasks![0]!;
    expect(task.lastStatus, task.stoppedReason).toBe(until);
    return task;
  }, PATIENCE);
}

describe.each([
  ['beside the API', false],
  ['through the agent door', true],
])('a task %s', (_where, remote) => {
  it('has the values of its secrets', async () => {
    const task = await run([shell('web', `${CHECK} || exit 1; exit 7`, allSecrets())], { remote });
    expect(task.containers![0]).toMatchObject({ exitCode: 7 });
  });

  it('that names a missing secret stops in ECS’s words', async () => {
    const valueFrom = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/none-AbCdEf';
    const task = await run([shell('web', 'exit 0', { secrets: [{ name: 'A', valueFrom }] })], { remote });
    expect(task).toMatchObject({
      stopCode: 'TaskFailedToStart',
      stoppedReason: `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret ${valueFrom} from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret.`,
    });
  });

  it('whose execution role may not read stops in ECS’s words', async () => {
    const task = await run([shell('web', 'exit 0', allSecrets())], { remote, role: 'powerless' });
    const id = task.taskArn!.split('/').at(-1)!;
    expect(task.stopCode).toBe('TaskFailedToStart');
    expect(task.stoppedReason).toContain(
      `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret`,
    );
    expect(task.stoppedReason).toContain(
      `AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/powerless/${id} is not authorized to perform: `,
    );
  });
});

/** All text of all tables. */
async function databaseDump(): Promise<string> {
  const port = Number(longshore().environment['LONGSHORE_POSTGRES_PORT']);
  const connectionString = embeddedDatabaseUrl({ dataDir: join(longshore().dataDir, 'postgres'), port });
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
    );
    const dumps = [];
    for (const { name } of tables)
      dumps.push((await client.query(`SELECT row_to_json(t)::text AS row FROM ${name} t`)).rows);
    return JSON.stringify(dumps);
  } finally {
    await client.end();
  }
}

/** The history of each workflow, payloads included. */
async function histories(): Promise<readonly Buffer[]> {
  const temporal = await connectTemporal({ address: longshore().temporalAddress, namespace: 'default' });
  const { History } = proto.temporal.api.history.v1;
  const found: Buffer[] = [];
  try {
    for await (const { workflowId, runId } of temporal.workflow.list())
      found.push(
        Buffer.from(History.encode(await temporal.workflow.getHandle(workflowId, runId).fetchHistory()).finish()),
      );
    return found;
  } finally {
    await temporal.connection.close();
  }
}

const logsIn = (dir: string): string =>
  readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.log(\.\d+)?$/.test(name))
    .map((name) => readFileSync(join(dir, name), 'utf8'))
    .join('\n');

it('no value is in a history, a table, a log, an output, or another container', async () => {
  const other = await run([shell('other', 'sleep 60'), shell('own', 'sleep 60', allSecrets())], { until: 'RUNNING' });
  const inspect = async (name: string): Promise<string> => {
    const { runtimeId } = other.containers!.find((container) => container.name === name)!;
    return JSON.stringify(await longshore().engine.docker.getContainer(runtimeId!).inspect());
  };
  // What is looked for is there to be found.
  expect(await inspect('own')).toContain(CANARY);
  const all = await histories();
  expect(all.some((history) => history.includes('secrets-1'))).toBe(true);
  const dump = await databaseDump();
  expect(dump).toContain('/prod/parameter');
  const places: Readonly<Record<string, string | Buffer>> = {
    'another container': await inspect('other'),
    'the labels': JSON.stringify((JSON.parse(await inspect('own')) as { Config: { Labels: object } }).Config.Labels),
    'the database': dump,
    'the histories': Buffer.concat(all),
    'the logs': logsIn(longshore().dataDir) + logsIn(agent.dataDir),
    'the outputs': longshore().output() + agent.output(),
    'the task': JSON.stringify(other),
  };
  const where = Object.entries(places).filter(([, text]) => text.includes(CANARY));
  expect(where.map(([name]) => name)).toEqual([]);
});
