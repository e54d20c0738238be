/** The task endpoint on a real engine: containers in each network mode reach what is theirs, and nothing else. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectDocker } from '../../../activities/host/runtime/docker-runtime.ts';
import { openTaskEndpoint, type TaskEndpoint } from '../../../agent/task-endpoint/index.ts';
import { startDockerEngine } from '../../../fixtures/docker-engines.ts';
import type { DockerEngine } from '../../../fixtures/docker-engines.ts';
import { FakeTaskControl, jsonForwarded } from '../../support/fake-task-control.ts';
import { ensureTestImage } from '../../support/images.ts';
import { definition, OWNER, shell, TestHost, WAIT } from './host.ts';

const ROLE = 'arn:aws:iam::123456789012:role/app';
const ENDPOINT = 'http://169.254.170.2';
const RULES = ['-w', '-t', 'nat', '-S'];

let engine: DockerEngine;
let folder: string;
let first: EndpointAgent;
beforeAll(async () => {
  engine = await startDockerEngine();
  folder = await mkdtemp(join(tmpdir(), 'longshore-endpoint-'));
  await ensureTestImage(engine.docker);
  first = await EndpointAgent.start('first');
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterAll(() => engine.destroy());
afterAll(() => first.close());

/** An agent's tasks with their endpoint. */
class EndpointAgent {
  readonly name: string;
  readonly host: TestHost;
  readonly endpoint: TaskEndpoint;
  readonly control: FakeTaskControl;

  private constructor(name: string, parts: { host: TestHost; endpoint: TaskEndpoint; control: FakeTaskControl }) {
    this.name = name;
    this.host = parts.host;
    this.endpoint = parts.endpoint;
    this.control = parts.control;
  }

  static async start(name: string, id = randomBytes(16).toString('hex')): Promise<EndpointAgent> {
    const endpoint = await openTaskEndpoint({
      docker: connectDocker({ socketPath: engine.socketPath }),
      containerInstanceId: id,
      folder: join(folder, name),
      availabilityZone: 'us-east-1a',
      logger: pino({ level: 'silent' }),
    });
    if (endpoint === undefined) throw new Error('there is no endpoint');
    const host = await TestHost.open(engine, { id, variables: endpoint.variables });
    const control = new FakeTaskControl();
    endpoint.serve(host.tasks, control);
    return new EndpointAgent(name, { host, endpoint, control });
  }

  /** Ends the agent and starts it again in the same folder. Its tasks run on. */
  async restart(): Promise<EndpointAgent> {
    await this.endpoint.close();
    this.host.tasks.close();
    return EndpointAgent.start(this.name, this.host.containerInstanceId);
  }

  async close(): Promise<void> {
    await this.host.tasks.reconcile([]);
    await this.endpoint.close();
    this.host.tasks.close();
  }

  /** What the container gets at the address, in which its own variables may stand. */
  async get(containerId: string, address: string): Promise<unknown> {
    return JSON.parse(await this.host.sh(containerId, `wget -q -O - ${address}`));
  }

  /** The container's variables. */
  async variables(containerId: string): Promise<Record<string, string>> {
    const { Config } = await engine.docker.getContainer(containerId).inspect();
    return Object.fromEntries(
      Config.Env.map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)]),
    );
  }
}

const oneContainer = (networkMode: 'bridge' | 'awsvpc' | 'host') =>
  definition([shell('main', WAIT, { cpu: 64, memory: 32 })], {
    networkMode,
    taskRoleArn: ROLE,
    cpu: '256',
    memory: '64',
  });

const CREDENTIALS = `${ENDPOINT}$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI`;

describe('a container', () => {
  it.each(['bridge', 'awsvpc', 'host'] as const)(
    'finds everything that is its own in network mode %s',
    async (mode) => {
      const { taskId, containers } = await first.host.run(oneContainer(mode));
      const id = containers[0]!.runtimeId!;
      const taskArn = `arn:aws:ecs:us-east-1:123456789012:task/default/${taskId}`;
      const container = await first.get(id, '$ECS_CONTAINER_METADATA_URI_V4');
      expect(container).toMatchObject({
        ...{ DockerId: id, Name: 'main', KnownStatus: 'RUNNING', DesiredStatus: 'RUNNING', Type: 'NORMAL' },
        Limits: { CPU: 64, Memory: 32 },
        Networks: [{ NetworkMode: mode }],
        Labels: { 'com.amazonaws.ecs.task-arn': taskArn },
      });
      expect(await first.get(id, '$ECS_CONTAINER_METADATA_URI_V4/task')).toMatchObject({
        ...{
          Cluster: 'default',
          TaskARN: taskArn,
          Family: 'web',
          Revision: '1',
          ServiceName: 'web',
          LaunchType: 'EC2',
        },
        ...{ AvailabilityZone: 'us-east-1a', KnownStatus: 'RUNNING', Limits: { CPU: 0.25, Memory: 64 } },
        Containers: expect.arrayContaining([container]) as unknown[],
      });
      expect(await first.get(id, '$ECS_CONTAINER_METADATA_URI_V4/stats')).toMatchObject({
        id,
        memory_stats: { usage: expect.any(Number) as number },
      });
      expect(await first.get(id, CREDENTIALS)).toMatchObject({
        ...{ RoleArn: ROLE, SecretAccessKey: `secret of ${taskId}`, Token: 'token' },
        Expiration: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      });
      expect(await first.host.sh(id, 'wget -q -O - "$AWS_ENDPOINT_URL/v1/clusters?x=1"')).toBe('GET /v1/clusters?x=1');
      const { task, request } = first.control.forwarded.at(-1)!;
      expect(task).toEqual(mode === 'host' ? undefined : { clusterName: 'default', taskId });
      expect(request.headers).toContainEqual(['host', `169.254.170.2:${first.endpoint.port}`]);
    },
  );

  it('has stats with the traffic of its task, and rates once there are two samples', async () => {
    const { containers } = await first.host.run(oneContainer('awsvpc'));
    const id = containers[0]!.runtimeId!;
    const rated = {
      [id]: {
        networks: { eth0: { rx_bytes: expect.any(Number) as number } },
        network_rate_stats: { rx_bytes_per_sec: expect.any(Number) as number },
      },
    };
    await expect.poll(() => first.get(id, '$ECS_CONTAINER_METADATA_URI_V4/task/stats')).toMatchObject(rated);
  });

  it('sets the protection of its task, with the keys of its role', async () => {
    const { taskId, containers } = await first.host.run(oneContainer('bridge'));
    const id = containers[0]!.runtimeId!;
    const taskArn = `arn:aws:ecs:us-east-1:123456789012:task/default/${taskId}`;
    first.control.answer = () =>
      Promise.resolve(
        jsonForwarded(200, { protectedTasks: [{ taskArn, protectionEnabled: true, expirationDate: 1_800_000_000 }] }),
      );
    const body = '{"ProtectionEnabled":true,"ExpiresInMinutes":60}';
    const { port } = first.endpoint;
    const head = `PUT $P HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: ${body.length}\\r\\nConnection: close\\r\\n\\r\\n`;
    const path = `P=\${ECS_AGENT_URI#${ENDPOINT}:${port}}/task-protection/v1/state`;
    const answer = await first.host.sh(
      id,
      `${path}; { printf "${head}"'${body}'; sleep 1; } | nc 169.254.170.2 ${port}`,
    );
    const protection = { ExpirationDate: '2027-01-15T08:00:00.000Z', ProtectionEnabled: true, TaskArn: taskArn };
    expect(answer).toContain(JSON.stringify({ protection }));
    expect(await first.get(id, '$ECS_AGENT_URI/task-protection/v1/state')).toEqual({ protection });
    const [set, read] = first.control.forwarded.slice(-2).map(({ request }) => request);
    expect(JSON.parse(Buffer.from(set!.body, 'base64').toString())).toEqual({
      ...{ cluster: 'default', tasks: [taskArn], protectionEnabled: true, expiresInMinutes: 60 },
    });
    expect(read!.headers).toContainEqual(['x-amz-target', 'AmazonEC2ContainerServiceV20141113.GetTaskProtection']);
  });

  it('gets neither what is another task’s nor what strangers ask for', async () => {
    const [mine, other] = await Promise.all([1, 2].map(() => first.host.run(oneContainer('bridge'))));
    const id = mine!.containers[0]!.runtimeId!;
    const { ECS_CONTAINER_METADATA_URI_V4: theirs = '', ...rest } = await first.variables(
      other!.containers[0]!.runtimeId!,
    );
    const keys = `${ENDPOINT}${rest['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI']!}`;
    await expect(first.host.sh(id, `wget -q -O - ${theirs}`)).rejects.toThrow('404');
    await expect(first.host.sh(id, `wget -q -O - ${keys}`)).rejects.toThrow('400');
    const stranger = await engine.docker.createContainer({
      Image: 'longshore-test/busybox:latest',
      Entrypoint: ['/bin/sh', '-c'],
      Cmd: [WAIT],
    });
    await stranger.start();
    await expect(first.host.sh(stranger.id, `wget -q -O - ${keys}`)).rejects.toThrow('400');
    const calls = first.control.forwarded.length;
    await expect(
      first.host.sh(stranger.id, `wget -q -O - ${ENDPOINT}:${first.endpoint.port}/v1/clusters`),
    ).rejects.toThrow('403');
    expect(first.control.forwarded).toHaveLength(calls);
  });

  it('finds its agent after a restart of the agent, and of the engine', async () => {
    const { taskId, containers } = await first.host.run(oneContainer('bridge'));
    const id = containers[0]!.runtimeId!;
    const [before, port] = [await first.get(id, '$ECS_CONTAINER_METADATA_URI_V4/task'), first.endpoint.port];
    first = await first.restart();
    await first.host.tasks.reconcile([{ taskId, ownerWorkflowId: OWNER, wasRunning: true, shouldStop: false }]);
    expect(first.endpoint.port).toBe(port);
    const { PullStartedAt: _started, PullStoppedAt: _stopped, ...kept } = before as Record<string, unknown>;
    expect(await first.get(id, '$ECS_CONTAINER_METADATA_URI_V4/task')).toEqual(kept);
    expect(await first.get(id, CREDENTIALS)).toMatchObject({ RoleArn: ROLE });

    await engine.kill('SIGKILL');
    await engine.start();
    await first.host.reported(taskId, (r) => r.lastStatus === 'STOPPED');
    const next = await first.host.run(oneContainer('awsvpc'));
    expect(await first.get(next.containers[0]!.runtimeId!, CREDENTIALS)).toMatchObject({ RoleArn: ROLE });
  });

  it('finds the endpoint again after somebody has removed the network and the rules', async () => {
    const { containers } = await first.host.run(oneContainer('bridge'));
    await engine.docker.pruneNetworks();
    await engine.exec('iptables', '-w', '-t', 'nat', '-F', 'PREROUTING');
    await first.endpoint.look();
    expect(await first.get(containers[0]!.runtimeId!, CREDENTIALS)).toMatchObject({ RoleArn: ROLE });
  });
});

describe('two agents of an engine', () => {
  it('serve their own tasks, at different ports; one of them has port 80 and gives it back', async () => {
    const second = await EndpointAgent.start('second');
    expect([first.endpoint.ownsPort80, second.endpoint.ownsPort80]).toEqual([true, false]);
    expect(second.endpoint.port).not.toBe(first.endpoint.port);
    const { taskId, containers } = await second.host.run(oneContainer('bridge'));
    const id = containers[0]!.runtimeId!;
    expect(await second.get(id, '$AWS_CONTAINER_CREDENTIALS_FULL_URI')).toMatchObject({
      SecretAccessKey: `secret of ${taskId}`,
    });
    expect(await second.get(id, '$ECS_CONTAINER_METADATA_URI_V4')).toMatchObject({ DockerId: id });
    await second.close();
    await first.close();
    expect(await engine.exec('iptables', ...RULES)).not.toContain('longshore');
    first = await EndpointAgent.start('first');
    expect(first.endpoint.ownsPort80).toBe(true);
  });
});

describe('an agent in the network namespace of its engine', () => {
  it('listens there itself, at the port of its folder', async () => {
    await first.close();
    const program = fileURLToPath(new URL('../../support/own-endpoint.ts', import.meta.url));
    const args = ['--import', 'tsx', program, engine.socketPath, join(folder, 'own')];
    const opened = { port: 51_679, ownsPort80: true, answers: [503, 503] };
    expect(JSON.parse(await engine.exec(process.execPath, ...args))).toEqual([opened, opened]);
    // Nobody told it of tasks, so some may run that know port 80.
    expect(await engine.exec('iptables', ...RULES)).toContain('e'.repeat(32));
    await engine.exec('iptables', '-w', '-t', 'nat', '-F');
    first = await EndpointAgent.start('first');
  });
});

describe('an engine whose address is taken', () => {
  it('gives no endpoint, and the agent goes on without', async () => {
    await first.close();
    await engine.docker.getNetwork('longshore-endpoint').remove();
    const other = await engine.docker.createNetwork({
      Name: 'somebodys',
      IPAM: { Config: [{ Subnet: '169.254.170.0/24', Gateway: '169.254.170.2' }] },
    });
    await expect(EndpointAgent.start('third')).rejects.toThrow('there is no endpoint');
    await other.remove();
    first = await EndpointAgent.start('first');
  });
});
