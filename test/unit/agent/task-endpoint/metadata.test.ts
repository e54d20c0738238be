/** Metadata of tasks whose containers a real engine showed. */
import { describe, expect, it } from 'vitest';
import { containerMetadata, taskMetadata } from '../../../../agent/task-endpoint/metadata.ts';
import type { TaskLife } from '../../../../activities/host/launch/task-life.ts';
import { taskContainerId } from '../../../../activities/task-hex.ts';
import { inspected, lifeOf, type Mode, taskArnOf, taskIdOf } from './builders.ts';

const source = (mode: Mode, life: TaskLife = lifeOf(mode)) => ({
  life,
  inspected: inspected(mode),
  availabilityZone: 'us-east-1a',
});

describe('a container', () => {
  it('is shown with what the engine and the plan know, and no secret', () => {
    const life = lifeOf('bridge');
    const main = inspected('bridge').get('main')!;
    const { 'longshore.plan': _plan, ...labels } = main.Config.Labels;
    const found = containerMetadata(source('bridge', life), 'main');
    expect(found).toEqual({
      DockerId: main.Id,
      Name: 'main',
      DockerName: main.Name.slice(1),
      Image: 'longshore-test/busybox:latest',
      ImageID: main.Image,
      Labels: labels,
      CreatedAt: expect.stringMatching(/^2026-12-01T.*Z$/) as string,
      StartedAt: expect.stringMatching(/^2026-12-01T.*Z$/) as string,
      Volumes: [
        {
          DockerName: `ecs-web-1-data-${taskIdOf('bridge')}`,
          Source: `/var/lib/docker/volumes/ecs-web-1-data-${taskIdOf('bridge')}/_data`,
          Destination: '/data',
        },
      ],
      LogDriver: 'json-file',
      LogOptions: { 'max-buffer-size': '10m', 'max-size': '1m', mode: 'non-blocking' },
      DesiredStatus: 'RUNNING',
      KnownStatus: 'RUNNING',
      Limits: { CPU: 64, Memory: 128 },
      Type: 'NORMAL',
      Ports: [{ ContainerPort: 80, Protocol: 'tcp', HostPort: 8080, HostIp: '0.0.0.0' }],
      Health: { status: 'UNHEALTHY', exitCode: 1, output: 'checked\n' },
      ContainerARN: `arn:aws:ecs:us-east-1:123456789012:container/default/${taskIdOf('bridge')}/${taskContainerId(taskIdOf('bridge'), 'main')}`,
      Networks: [{ NetworkMode: 'bridge', IPv4Addresses: ['172.17.0.2'] }],
    });
    expect(JSON.stringify(found)).not.toContain('hush');
  });

  it('that has ended keeps its exit code, and no address', () => {
    expect(containerMetadata(source('bridge'), 'once')).toMatchObject({
      ...{ KnownStatus: 'STOPPED', ExitCode: 3, FinishedAt: expect.any(String) as string, RestartCount: 0 },
      ...{ Limits: { CPU: 2, Memory: 0 }, Networks: [{ NetworkMode: 'bridge' }] },
    });
  });

  it('of an awsvpc task has the network of its task', () => {
    const networks = [
      {
        ...{ NetworkMode: 'awsvpc', IPv4Addresses: ['172.18.0.2'], AttachmentIndex: 0 },
        MACAddress: '02:42:ac:12:00:02',
        IPv4SubnetCIDRBlock: '172.18.0.0/16',
        DomainNameServers: ['127.0.0.11'],
        SubnetGatewayIpv4Address: '172.18.0.1/16',
        PrivateDNSName: 'ip-172-18-0-2.ec2.internal',
      },
    ];
    expect(containerMetadata(source('awsvpc'), 'main')).toMatchObject({ Networks: networks });
    expect(containerMetadata(source('awsvpc'), '~internal~ecs~pause')).toMatchObject({ Networks: networks });
  });

  it('in the host’s network shows its ports, and no address', () => {
    const main = containerMetadata(source('host'), 'main');
    expect(main).toMatchObject({
      Networks: [{ NetworkMode: 'host' }],
      Ports: [{ ContainerPort: 80, HostPort: 80, Protocol: 'tcp' }],
    });
    expect((main as { Networks: object[] }).Networks).toEqual([{ NetworkMode: 'host' }]);
  });

  it('of a plan that an earlier agent made is shown without what that one did not write down', () => {
    const life = lifeOf('bridge');
    const { limits: _limits, launchType: _type, family: _family, hasTaskRole: _role, ...plan } = life.plan;
    const containers = life.containers.map((record) => {
      const { limits: _own, ...rest } = record.plan;
      return { ...record, plan: rest };
    });
    const task = taskMetadata(source('bridge', { ...life, plan, containers }));
    expect(task).toMatchObject({ Family: 'web', Revision: '1', Containers: [{ Limits: { CPU: 2, Memory: 0 } }, {}] });
    expect(task).not.toHaveProperty('LaunchType');
    expect(task).not.toHaveProperty('Limits');
  });

  it('that the task does not have is not found', () => {
    expect(containerMetadata(source('bridge'), 'other')).toBeUndefined();
  });
});

describe('a task', () => {
  it('is shown with all its containers', () => {
    const life = { ...lifeOf('awsvpc'), pullStartedAt: 1_000, pullStoppedAt: 2_000 };
    expect(taskMetadata(source('awsvpc', life))).toMatchObject({
      ...{ Cluster: 'default', TaskARN: taskArnOf('awsvpc'), Family: 'web', Revision: '1', ServiceName: 'web' },
      ...{ DesiredStatus: 'RUNNING', KnownStatus: 'RUNNING', LaunchType: 'EC2', AvailabilityZone: 'us-east-1a' },
      Limits: { CPU: 0.25, Memory: 512 },
      PullStartedAt: '1970-01-01T00:00:01.000Z',
      PullStoppedAt: '1970-01-01T00:00:02.000Z',
      FaultInjectionEnabled: false,
      Containers: [{ Name: '~internal~ecs~pause', Type: 'CNI_PAUSE' }, { Name: 'main' }, { Name: 'once' }],
    });
  });

  it('of launch type FARGATE names its cluster by ARN, and has no pause container', () => {
    const fargate = taskMetadata(source('awsvpc', lifeOf('awsvpc', { launch: { launchType: 'FARGATE' } })));
    expect(fargate).toMatchObject({
      Cluster: 'arn:aws:ecs:us-east-1:123456789012:cluster/default',
      LaunchType: 'FARGATE',
      Containers: [{ Name: 'main' }, { Name: 'once' }],
    });
  });

  it('has the status of its slowest container until it has started', () => {
    const life = lifeOf('bridge');
    const status = (changes: Partial<TaskLife>) =>
      (taskMetadata(source('bridge', { ...life, startedAt: undefined, ...changes })) as { KnownStatus: string })
        .KnownStatus;
    const [main, once] = life.containers;
    const { containerId: _id, ...fresh } = { ...once!, phase: 'waiting' as const };
    expect(status({ containers: [main!, fresh] })).toBe('NONE');
    expect(status({ containers: [main!, { ...fresh, pulled: true }] })).toBe('PULLED');
    expect(status({ containers: [main!, { ...once!, phase: 'starting' }] })).toBe('CREATED');
    expect(status({ stoppedAt: 5 })).toBe('STOPPED');
  });

  it('shows only containers whose images are there', () => {
    const life = lifeOf('bridge');
    const { containerId: _id, ...fresh } = { ...life.containers[1]!, phase: 'waiting' as const };
    const none = { life: { ...life, containers: [fresh] }, inspected: new Map(), availabilityZone: 'a' };
    expect(taskMetadata(none)).toMatchObject({ Containers: [] });
    const pulled = { ...none, life: { ...life, containers: [{ ...fresh, pulled: true }] } };
    expect(taskMetadata(pulled)).toMatchObject({ Containers: [{ DockerId: '', KnownStatus: 'PULLED', Networks: [] }] });
  });
});
