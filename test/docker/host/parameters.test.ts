/** Parameters of task definitions on a real engine: what the containers find. */
import { stat } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { probeEngine } from '../../../agent/probe.ts';
import { HostGuards } from '../../../agent/host-guards.ts';
import { connectDocker, DockerRuntime } from '../../../activities/host/runtime/docker-runtime.ts';
import { startDockerEngine } from '../../../fixtures/docker-engines.ts';
import type { DockerEngine } from '../../../fixtures/docker-engines.ts';
import { ensureTestImage, TEST_IMAGE } from '../../support/images.ts';
import type { TaskDefinition } from '../../../model/task-definition.ts';
import { definition, OWNER, shell, TestHost, WAIT, web } from './host.ts';

let engine: DockerEngine;
let host: TestHost;
beforeAll(async () => {
  // Another name of the runtime that every engine has.
  engine = await startDockerEngine({ dockerdArgs: ['--add-runtime', 'sandbox=runc'] });
  await ensureTestImage(engine.docker);
  host = await TestHost.open(engine);
});
// The engine is removed even if the host did not start.
afterAll(() => engine.destroy());
afterAll(() => host.close());

/** What a script prints in a container with the members. */
async function printed(
  script: string,
  members: Partial<ContainerDefinition>,
  task: Partial<TaskDefinition> = {},
): Promise<string> {
  const { taskId } = await host.run(definition([shell('main', script, members)], task));
  const ended = await host.reported(taskId, (report) => report.lastStatus === 'STOPPED');
  expect(ended.stoppedReason).toBe('Essential container in task exited');
  return logsOf(ended.containers[0]!.runtimeId!);
}

async function logsOf(containerId: string): Promise<string> {
  const raw = await engine.docker.getContainer(containerId).logs({ stdout: true, stderr: true });
  // Each piece has eight bytes before it.
  return raw
    .toString('latin1')
    .replace(/[\x01\x02]\x00{3}[\s\S]{4}/g, '')
    .trim();
}

const AWSLOGS = { 'awslogs-group': 'g', 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'p' };

// Beside each other, because they mostly wait. A test that polls takes the `expect` of its own.
describe.concurrent('ranges of ports', () => {
  const ranged = (text: string): TaskDefinition =>
    definition([
      web('web', text, 8001, { portMappings: [{ containerPortRange: '8000-8003' }, { containerPort: 9000 }] }),
    ]);

  it('are published on host ports that follow each other, other ones for each task, and shown as ranges', async ({
    expect,
  }) => {
    const [one, two] = await Promise.all([host.run(ranged('one')), host.run(ranged('two'))]);
    const firsts: number[] = [];
    for (const [task, text] of [[one, 'one'] as const, [two, 'two'] as const]) {
      expect(task.lastStatus).toBe('RUNNING');
      const [single, range, ...others] = task.containers[0]!.networkBindings!;
      expect(others).toEqual([]);
      expect(single).toMatchObject({ containerPort: 9000 });
      const first = range!.hostPort;
      firsts.push(first);
      expect(range).toEqual({
        bindIP: '0.0.0.0',
        protocol: 'tcp',
        containerPort: 8000,
        hostPort: first,
        containerPortRange: '8000-8003',
        hostPortRange: `${first}-${first + 3}`,
      });
      const page = () =>
        fetch(`http://${engine.address}:${first + 1}/`).then(
          async (answer) => (await answer.text()).trim(),
          () => 'no answer',
        );
      await expect.poll(page, { timeout: 30_000 }).toBe(text);
    }
    expect(Math.abs(firsts[0]! - firsts[1]!)).toBeGreaterThanOrEqual(4);
  });

  it('are known to an agent that returns', async () => {
    const before = await TestHost.open(engine);
    const { taskId, containers } = await before.run(ranged('kept'));
    before.tasks.close();
    const after = await TestHost.open(engine, { id: before.containerInstanceId });
    await after.tasks.reconcile([{ taskId, ownerWorkflowId: OWNER, wasRunning: true, shouldStop: false }]);
    expect(after.latest(taskId).containers[0]!.networkBindings).toEqual(containers[0]!.networkBindings);
    await after.close();
  });

  it('need nothing of the host in awsvpc mode', async () => {
    const mappings = [{ containerPortRange: '8000-8003' }];
    const task = await host.run(
      definition([shell('main', WAIT, { portMappings: mappings })], { networkMode: 'awsvpc' }),
    );
    expect(task.lastStatus).toBe('RUNNING');
    expect(task.containers[0]!.networkBindings).toBeUndefined();
  });
});

describe.concurrent('awslogs', () => {
  it('keeps the lines in the engine’s driver local, with the user’s mode', async ({ expect }) => {
    const options = { ...AWSLOGS, mode: 'non-blocking', 'max-buffer-size': '1m' };
    const task = await host.run(
      definition([shell('main', `echo a line; ${WAIT}`, { logConfiguration: { logDriver: 'awslogs', options } })]),
    );
    const containerId = task.containers[0]!.runtimeId!;
    const { LogConfig } = (await engine.docker.getContainer(containerId).inspect()).HostConfig;
    expect(LogConfig).toEqual({ Type: 'local', Config: { mode: 'non-blocking', 'max-buffer-size': '1m' } });
    await expect.poll(() => logsOf(containerId)).toBe('a line');
  });
});

describe.concurrent('Linux parameters', () => {
  it('mounts, capabilities, devices, names, users and limits', async () => {
    const script = [
      'grep " /t " /proc/mounts',
      'grep -E "CapBnd|NoNewPrivs" /proc/self/status',
      'head -c 1 /dev/my-zero | wc -c',
      'df -k /dev/shm | tail -n 1 | awk \'{print "shm", $2}\'',
      '[ $$ -ne 1 ] && echo init',
      'hostname; id -u; id -g; pwd; cat /etc/resolv.conf; grep db_1 /etc/hosts; ulimit -n; ulimit -Hn',
    ].join('; ');
    const lines = await printed(script, {
      linuxParameters: {
        tmpfs: [{ containerPath: '/t', size: 8, mountOptions: ['noexec', 'mode=0700'] }],
        capabilities: { add: ['SYS_PTRACE'], drop: ['ALL'] },
        devices: [{ hostPath: '/dev/zero', containerPath: '/dev/my-zero', permissions: ['read'] }],
        sharedMemorySize: 32,
        initProcessEnabled: true,
      },
      hostname: 'web-1',
      user: '1000:1001',
      workingDirectory: '/tmp',
      dnsServers: ['10.0.0.2'],
      dnsSearchDomains: ['example.com'],
      extraHosts: [{ hostname: 'db_1', ipAddress: '10.0.0.3' }],
      dockerSecurityOptions: ['no-new-privileges'],
      ulimits: [{ name: 'nofile', softLimit: 100, hardLimit: 200 }],
    });
    expect(lines).toMatch(/^tmpfs \/t tmpfs .*noexec.*size=8192k,mode=700/);
    // Bit 19 is SYS_PTRACE.
    expect(lines).toMatch(/CapBnd:\s+0{10}080000/);
    expect(lines).toMatch(/NoNewPrivs:\s+1/);
    expect(lines).toMatch(/10\.0\.0\.3\s+db_1/);
    const words = [
      '1',
      'shm 32768',
      'init',
      'web-1',
      '1000',
      '1001',
      '/tmp',
      'nameserver 10.0.0.2',
      'search example.com',
    ];
    for (const word of words) expect(lines.split('\n')).toContain(word);
    expect(lines).toMatch(/100\n200$/);
  });

  it.each<[NonNullable<TaskDefinition['networkMode']>]>([['bridge'], ['awsvpc'], ['none']])(
    'kernel parameters in %s mode',
    async (networkMode) => {
      const systemControls = [
        { namespace: 'net.ipv4.ip_unprivileged_port_start', value: '81' },
        { namespace: 'kernel.msgmax', value: '4097' },
      ];
      const script = 'cat /proc/sys/net/ipv4/ip_unprivileged_port_start /proc/sys/kernel/msgmax';
      expect(await printed(script, { systemControls }, { networkMode })).toBe('81\n4097');
    },
  );

  it('swap beside memory, and devices with their permissions', async () => {
    const devices = [{ hostPath: '/dev/zero', containerPath: '/dev/my-zero', permissions: ['read' as const] }];
    const task = await host.run(
      definition([shell('main', WAIT, { memory: 32, linuxParameters: { maxSwap: 16, swappiness: 10, devices } })]),
    );
    const { HostConfig } = await engine.docker.getContainer(task.containers[0]!.runtimeId!).inspect();
    expect(HostConfig.Memory).toBe(32 * 1024 ** 2);
    // An engine whose kernel does not count swap says -1.
    expect([48 * 1024 ** 2, -1]).toContain(HostConfig.MemorySwap);
    // The kernel lets containers write to this device in any case.
    expect(HostConfig.Devices).toEqual([
      { PathOnHost: '/dev/zero', PathInContainer: '/dev/my-zero', CgroupPermissions: 'r' },
    ]);
  });
});

describe.concurrent('guards', () => {
  it('stop a task before it has anything on the engine, with the reason', async () => {
    const guards = new HostGuards('default', { engineSocket: engine.socketPath });
    guards.allow({ hostPaths: ['/srv'] });
    const guarded = await TestHost.open(engine, { checkGuards: (of) => guards.check(of) });
    const task = await guarded.run(definition([shell('main', WAIT, { privileged: true })]));
    expect(task).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'TaskFailedToStart',
      stoppedReason:
        'ResourceInitializationError: Tasks in cluster default may not have containerDefinitions[main].privileged. The operator can allow it with LONGSHORE_TASK_GUARDS.',
    });
    expect(await guarded.containers(task.taskId)).toEqual([]);
    expect(await guarded.run(definition([shell('main', WAIT)]))).toMatchObject({ lastStatus: 'RUNNING' });
    await guarded.close();
  });
});

describe.concurrent('guards of what the host has', () => {
  it('refuse a volume that others made, and let Longshore’s own pass', async () => {
    const guards = new HostGuards('default', { engineSocket: engine.socketPath });
    guards.allow({});
    const guarded = await TestHost.open(engine, {
      checkGuards: (of) => guards.check(of),
      checkVolume: (volume) => guards.checkVolume(volume),
    });
    await engine.docker.createVolume({ Name: 'master-key' });
    const mounting = (name: string) =>
      definition([shell('main', WAIT, { mountPoints: [{ sourceVolume: name, containerPath: '/v' }] })], {
        volumes: [{ name, dockerVolumeConfiguration: { scope: 'shared', autoprovision: true } }],
      });
    expect(await guarded.run(mounting('master-key'))).toMatchObject({
      lastStatus: 'STOPPED',
      stoppedReason: expect.stringMatching(/volumes\[master-key\], which Longshore did not make/) as string,
    });
    for (let time = 0; time < 2; time += 1)
      expect(await guarded.run(mounting('cache'))).toMatchObject({ lastStatus: 'RUNNING' });
    await guarded.close();
  });

  it('are asked again before a container starts, and before it restarts', async () => {
    let asked = 0;
    const guarded = await TestHost.open(engine, {
      checkGuards: () => ((asked += 1) < 3 ? Promise.resolve() : Promise.reject(new Error('a link leads elsewhere'))),
    });
    const restartPolicy = { enabled: true, restartAttemptPeriod: 0 };
    const { taskId } = await guarded.run(definition([shell('main', 'exit 1', { restartPolicy })]));
    const ended = await guarded.reported(taskId, (report) => report.lastStatus === 'STOPPED');
    expect(ended.containers[0]?.reason).toContain('a link leads elsewhere');
    expect(asked).toBe(3);
    await guarded.close();
  });
});

describe.concurrent('limits', () => {
  it('hold processes, open files and the log, whatever the container asks for; FARGATE tasks have their runtime', async ({
    expect,
  }) => {
    const guards = new HostGuards('default', { engineSocket: engine.socketPath, fargateRuntime: 'sandbox' });
    guards.allow({ limits: { pids: 20, openFiles: 50, logMiB: 1 } });
    guards.setLogDriver((await probeEngine(engine.docker)).logDriver);
    const bounded = await TestHost.open(engine, { boundsOf: (launch) => guards.boundsOf(launch) });
    // Some 2 MB of log, and more processes than there may be: the shell that makes them ends at the first refusal.
    const script = 'yes flood | head -c 2000000; (while :; do sleep 60 & done) 2>/dev/null; exec tail -f /dev/null';
    const { containers } = await bounded.run(
      definition([shell('main', script, { ulimits: [{ name: 'nofile', softLimit: -1, hardLimit: -1 }] })]),
      { launchType: 'FARGATE' },
    );
    const container = engine.docker.getContainer(containers[0]!.runtimeId!);
    const { HostConfig, LogPath } = await container.inspect();
    expect(HostConfig).toMatchObject({
      PidsLimit: 20,
      Ulimits: [{ Name: 'nofile', Soft: 50, Hard: 50 }],
      LogConfig: { Type: 'json-file', Config: { 'max-size': '524288', 'max-file': '2' } },
      Runtime: 'sandbox',
    });
    expect((await stat(LogPath)).size).toBeLessThan(1_100_000);
    const processes = async (): Promise<number> =>
      ((await container.top()) as { Processes: unknown[] }).Processes.length;
    await expect.poll(processes).toBeGreaterThan(10);
    expect(await processes()).toBeLessThanOrEqual(20);
    await bounded.close();
  });
});

describe.concurrent('ephemeral storage', () => {
  it('is a limit where the storage driver can hold one; elsewhere the container runs without, and the agent says so once', async () => {
    const told: string[] = [];
    const runtime = new DockerRuntime(connectDocker({ socketPath: engine.socketPath }), {
      onNoStorageLimits: (reason) => told.push(reason),
    });
    const spec = (name: string) => ({
      name,
      container: { name, image: TEST_IMAGE, command: ['true'] },
      labels: { test: 'storage' },
      environment: {},
      network: { mode: 'none' as const },
      mounts: [],
      volumesFrom: [],
      links: [],
      storageGiB: 21,
    });
    const ids = [await runtime.create(spec('storage-1')), await runtime.create(spec('storage-2'))];
    const options = await Promise.all(
      ids.map(async (id) => (await engine.docker.getContainer(id).inspect()).HostConfig.StorageOpt?.['size']),
    );
    await Promise.all(ids.map((id) => runtime.remove(id)));
    if (told.length === 0) expect(options).toEqual(['21g', '21g']);
    else {
      expect(told).toEqual([expect.stringMatching(/storage-opt/)]);
      expect(options).toEqual([undefined, undefined]);
    }
  });
});
