/** The life of tasks on a real engine: dependencies, health, stops, failures and container parameters. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDockerEngine } from '../../../fixtures/docker-engines.ts';
import type { DockerEngine } from '../../../fixtures/docker-engines.ts';
import { ensureTestImage, TEST_IMAGE } from '../../support/images.ts';
import { definition, shell, TestHost, WAIT } from './host.ts';

let engine: DockerEngine;
let host: TestHost;
beforeAll(async () => {
  engine = await startDockerEngine();
  await ensureTestImage(engine.docker);
  host = await TestHost.open(engine);
});
// The engine is removed even if the host did not start.
afterAll(() => engine.destroy());
afterAll(() => host.close());

const isStopped = (r: { lastStatus: string }) => r.lastStatus === 'STOPPED';
const aside = { essential: false } as const;

describe('dependsOn', () => {
  it('COMPLETE and SUCCESS: a container starts after the other has ended', async () => {
    const volumes = [{ name: 'order' }];
    const mountPoints = [{ sourceVolume: 'order', containerPath: '/order' }];
    const task = await host.run(
      definition(
        [
          shell('main', 'cat /order/log; [ "$(cat /order/log)" = "$(printf "first\\nsecond")" ]', {
            mountPoints,
            dependsOn: [{ containerName: 'second', condition: 'SUCCESS' }],
          }),
          shell('second', 'echo second >> /order/log', {
            ...aside,
            mountPoints,
            dependsOn: [{ containerName: 'first', condition: 'COMPLETE' }],
          }),
          shell('first', 'sleep 0.3; echo first >> /order/log; exit 3', { ...aside, mountPoints }),
        ],
        { volumes },
      ),
    );
    const ended = await host.reported(task.taskId, isStopped);
    expect(ended.containers.map((c) => c.exitCode)).toEqual([0, 0, 3]);
    expect(ended).toMatchObject({
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
    });
  });

  it('SUCCESS: a dependency that fails stops the task', async () => {
    const task = await host.run(
      definition([
        shell('main', WAIT, { dependsOn: [{ containerName: 'init', condition: 'SUCCESS' }] }),
        shell('init', 'exit 4', aside),
      ]),
    );
    expect(task).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart' });
    expect(task.stoppedReason).toBe(`TaskDependencyError: Task dependencies cannot be resolved, taskArn: ${arn(task)}`);
    expect(task.containers[0]!.reason).toBe('TaskDependencyError: container init exited with code 4');
    expect(task.containers[0]).not.toHaveProperty('exitCode');
  });

  it('a failed dependency ends an optional container and its dependents, but not the task', async () => {
    const task = await host.run(
      definition([
        shell('main', WAIT),
        shell('after', WAIT, { ...aside, dependsOn: [{ containerName: 'extra', condition: 'START' }] }),
        shell('extra', WAIT, { ...aside, dependsOn: [{ containerName: 'init', condition: 'SUCCESS' }] }),
        shell('init', 'exit 4', aside),
      ]),
    );
    expect(task.lastStatus).toBe('RUNNING');
    expect(task.containers.map((c) => [c.name, c.lastStatus, c.reason])).toEqual([
      ['main', 'RUNNING', undefined],
      ['after', 'STOPPED', 'TaskDependencyError: container extra did not start'],
      ['extra', 'STOPPED', 'TaskDependencyError: container init exited with code 4'],
      ['init', 'STOPPED', undefined],
    ]);
  });

  it('HEALTHY: a container starts once the other passes its check', async () => {
    const healthCheck = { command: ['CMD-SHELL', '[ -e /tmp/ready ]'], interval: 5, timeout: 2, retries: 3 };
    const started = Date.now();
    const task = await host.run(
      definition([
        shell('main', WAIT, { dependsOn: [{ containerName: 'db', condition: 'HEALTHY' }] }),
        shell('db', `sleep 2; touch /tmp/ready; ${WAIT}`, { ...aside, healthCheck }),
      ]),
    );
    expect(task.lastStatus).toBe('RUNNING');
    expect(Date.now() - started).toBeGreaterThan(4_000);
    expect(task.containers[1]!.healthStatus).toBe('HEALTHY');
    expect(task.containers[0]).not.toHaveProperty('healthStatus');
  });

  it('startTimeout: a dependency that takes too long stops the task', async () => {
    const task = await host.run(
      definition([
        shell('main', WAIT, { dependsOn: [{ containerName: 'slow', condition: 'COMPLETE' }] }),
        shell('slow', WAIT, { ...aside, startTimeout: 1 }),
      ]),
    );
    expect(task.stopCode).toBe('TaskFailedToStart');
    expect(task.containers[0]!.reason).toBe(
      'TaskDependencyError: container slow did not become COMPLETE within its startTimeout',
    );
  });
});

const arn = (task: { taskId: string }) => `arn:aws:ecs:us-east-1:123456789012:task/default/${task.taskId}`;

describe('health', () => {
  it('reports a container that turns unhealthy, and leaves the task running', async () => {
    const healthCheck = { command: ['CMD-SHELL', '[ ! -e /tmp/sick ]'], interval: 5, timeout: 20, retries: 1 };
    const task = await host.run(definition([shell('main', WAIT, { healthCheck })]));
    expect(task.healthStatus).toBe('UNKNOWN');
    await host.reported(task.taskId, (r) => r.healthStatus === 'HEALTHY');
    await host.begin(task.containers[0]!.runtimeId!, 'touch', '/tmp/sick');
    const sick = await host.reported(task.taskId, (r) => r.healthStatus === 'UNHEALTHY');
    expect(sick.lastStatus).toBe('RUNNING');
  });

  it('does not run the check of the image', async () => {
    const task = await host.run(definition([shell('main', WAIT)]));
    const container = await engine.docker.getContainer(task.containers[0]!.runtimeId!).inspect();
    expect(container.Config.Healthcheck).toEqual({ Test: ['NONE'] });
  });
});

describe('stopping', () => {
  it('stops in reverse dependency order', async () => {
    const task = await host.run(
      definition([
        shell('db', WAIT),
        shell('app', WAIT, { dependsOn: [{ containerName: 'db', condition: 'START' }] }),
        shell('proxy', WAIT, { dependsOn: [{ containerName: 'app', condition: 'START' }] }),
      ]),
    );
    await host.stop(task.taskId);
    const ended = await Promise.all(
      task.containers.map(async (c) => {
        const { State } = await engine.docker.getContainer(c.runtimeId!).inspect();
        return { name: c.name, at: State.FinishedAt };
      }),
    );
    expect(ended.sort((a, b) => a.at.localeCompare(b.at)).map((c) => c.name)).toEqual(['proxy', 'app', 'db']);
  });

  it('kills a container that outlives its stopTimeout', async () => {
    const task = await host.run(
      definition([shell('main', "trap '' TERM; while :; do sleep 1; done", { stopTimeout: 2 })]),
    );
    const started = Date.now();
    const stopped = await host.stop(task.taskId);
    expect(Date.now() - started).toBeGreaterThan(1_900);
    expect(stopped.containers[0]!.exitCode).toBe(137);
    expect(stopped).not.toHaveProperty('stopCode');
  });

  it('an essential container that ends takes the others along', async () => {
    const task = await host.run(
      definition([shell('main', 'sleep 2'), shell('side', WAIT, { ...aside, stopTimeout: 30 })]),
    );
    const ended = await host.reported(task.taskId, isStopped);
    expect(ended.stoppedReason).toBe('Essential container in task exited');
    expect(ended.containers.map((c) => [c.lastStatus, c.exitCode])).toEqual([
      ['STOPPED', 0],
      ['STOPPED', 0],
    ]);
    expect(ended.executionStoppedAt).toBeLessThanOrEqual(ended.stoppedAt!);
  });

  it('reports a task that is not on the host as STOPPED', async () => {
    expect(await host.stop('f'.repeat(32))).toMatchObject({ lastStatus: 'STOPPED', containers: [] });
  });

  it('a launch order that comes after the stop order starts nothing', async () => {
    const taskId = 'e'.repeat(32);
    await host.stop(taskId);
    expect(() => host.launch(definition([shell('main', WAIT)]), { taskId })).toThrow('already ended');
    expect(await host.containers(taskId)).toEqual([]);
  });
});

describe('failures to start', () => {
  it('an image that does not exist', async () => {
    const container = { ...shell('main', WAIT), image: 'localhost:1/nowhere:1' };
    const task = await host.run(definition([container]));
    expect(task).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart' });
    expect(task.stoppedReason).toMatch(/^CannotPullContainerError: Error response from daemon: .*connection refused/);
    expect(task.containers[0]!.reason).toBe(task.stoppedReason);
  });

  it('a program that does not exist', async () => {
    const task = await host.run(definition([shell('main', '', { entryPoint: ['/no/such/program'] })]));
    expect(task).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart' });
    expect(task.stoppedReason).toMatch(/^CannotStartContainerError: .*no such file/);
  });

  it('a ulimit that the engine cannot set is named', async () => {
    const most = 2_147_483_584;
    const ulimits = [{ name: 'nofile' as const, softLimit: 1_024, hardLimit: most }];
    const task = await host.run(definition([shell('main', WAIT, { ulimits })]));
    expect(task).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart' });
    expect(task.stoppedReason).toMatch(
      /^CannotStartContainerError: the ulimit nofile cannot be set to a soft limit of 1024 and a hard limit of 2147483584: the container instance allows at most \d+\. Error response from daemon: /,
    );
  });

  it('a parameter that is not supported', async () => {
    const task = await host.run(definition([shell('main', WAIT, { credentialSpecs: ['credentialspec:x'] })]));
    expect(task.stoppedReason).toBe(
      'ResourceInitializationError: parameters that are not supported: containerDefinitions[main].credentialSpecs',
    );
  });

  it('a container that needs more memory than it has', async () => {
    const task = await host.run(definition([shell('main', 'x=a; while :; do x=$x$x; done', { memory: 16 })]));
    const ended = await host.reported(task.taskId, isStopped);
    expect(ended.containers[0]).toMatchObject({
      exitCode: 137,
      reason: 'OutOfMemoryError: Container killed due to memory usage',
    });
  });
});

describe('what people do to containers', () => {
  it.each(['kill', 'remove'] as const)('%s is noticed', async (how) => {
    const task = await host.run(definition([shell('main', WAIT)]));
    const container = engine.docker.getContainer(task.containers[0]!.runtimeId!);
    await (how === 'kill' ? container.kill() : container.remove({ force: true }));
    const ended = await host.reported(task.taskId, isStopped);
    expect(ended.containers[0]!.exitCode).toBe(137);
  });
});

describe('container parts', () => {
  it('write their logs without being blocked, if the definition names a driver', async () => {
    const logConfiguration = { logDriver: 'json-file' as const, options: { 'max-size': '1m' } };
    const task = await host.run(definition([shell('main', `echo heard; ${WAIT}`, { logConfiguration })]));
    expect(task.lastStatus).toBe('RUNNING');
    const container = engine.docker.getContainer(task.containers[0]!.runtimeId!);
    const { LogConfig } = (await container.inspect()).HostConfig;
    expect(LogConfig).toEqual({
      Type: 'json-file',
      Config: { 'max-size': '1m', mode: 'non-blocking', 'max-buffer-size': '10m' },
    });
    const logs = async () => (await container.logs({ stdout: true, follow: false })).toString();
    await expect.poll(logs, { timeout: 30_000 }).toContain('heard');
  });

  it('may be blocked by their logs where the account’s default says so', async () => {
    const logConfiguration = { logDriver: 'json-file' as const, options: { 'max-size': '1m' } };
    const containers = [shell('main', WAIT, { logConfiguration }), shell('plain', WAIT)];
    const task = await host.run(definition(containers), { logDriverMode: 'blocking' });
    expect(task.lastStatus).toBe('RUNNING');
    const [main, plain] = await Promise.all(
      task.containers.map(async ({ runtimeId }) => engine.docker.getContainer(runtimeId!).inspect()),
    );
    expect(main!.HostConfig.LogConfig).toEqual({
      Type: 'json-file',
      Config: { 'max-size': '1m', mode: 'blocking' },
    });
    expect(plain!.HostConfig.LogConfig?.Config).toEqual({});
  });

  it('match the definition and the overrides', async () => {
    const script = [
      '[ "$GREETING" = override ] && [ "$KEPT" = yes ] && [ "$AWS_EXECUTION_ENV" = AWS_ECS_EC2 ]',
      '[ "$(pwd)" = /tmp ] && [ "$(id -u)" = 65534 ] && [ "$(hostname)" = box ]',
      'grep -q "10.1.2.3.*friend" /etc/hosts && grep -q 10.9.9.9 /etc/resolv.conf',
      '! touch /x 2>/dev/null && [ "$(ulimit -n)" = 512 ] && df -m /scratch | grep -q " 8 "',
    ].join(' && ');
    const task = await host.run(
      definition([
        shell('main', script, {
          environment: [
            { name: 'GREETING', value: 'own' },
            { name: 'KEPT', value: 'yes' },
          ],
          workingDirectory: '/tmp',
          user: '65534',
          hostname: 'box',
          extraHosts: [{ hostname: 'friend', ipAddress: '10.1.2.3' }],
          dnsServers: ['10.9.9.9'],
          readonlyRootFilesystem: true,
          ulimits: [{ name: 'nofile', softLimit: 512, hardLimit: 1024 }],
          dockerLabels: { team: 'blue' },
          linuxParameters: { initProcessEnabled: true, tmpfs: [{ containerPath: '/scratch', size: 8 }] },
        }),
      ]),
      { overrides: { containerOverrides: [{ name: 'main', environment: [{ name: 'GREETING', value: 'override' }] }] } },
    );
    const ended = await host.reported(task.taskId, isStopped);
    expect(ended.containers[0]!.exitCode).toBe(0);
    const container = await engine.docker.getContainer(ended.containers[0]!.runtimeId!).inspect();
    expect(container.Name).toMatch(/^\/ecs-web-1-main-[0-9a-f]{24}$/);
    expect(container.Config.Image).toBe(TEST_IMAGE);
    expect(container.Config.Labels).toMatchObject({
      team: 'blue',
      'com.amazonaws.ecs.task-arn': arn(task),
      'com.amazonaws.ecs.container-name': 'main',
      'com.amazonaws.ecs.task-definition-family': 'web',
      'com.amazonaws.ecs.task-definition-version': '1',
      'com.amazonaws.ecs.cluster': 'default',
    });
    // Everybody can read labels.
    expect(JSON.stringify(container.Config.Labels)).not.toContain('override');
  });

  it('volumes of the host, of the engine and of another container', async () => {
    const volumes = [
      { name: 'etc', host: { sourcePath: '/etc' } },
      {
        name: 'shared-test',
        dockerVolumeConfiguration: { scope: 'shared' as const, autoprovision: true, labels: { kept: 'yes' } },
      },
    ];
    const mountPoints = [
      { sourceVolume: 'etc', containerPath: '/host-etc', readOnly: true },
      { sourceVolume: 'shared-test', containerPath: '/shared' },
    ];
    const task = await host.run(
      definition(
        [
          shell('one', `echo there > /shared/file; ${WAIT}`, { ...aside, mountPoints }),
          shell(
            'two',
            'until [ -e /shared/file ]; do sleep 0.1; done; [ -e /host-etc/passwd ] && ! touch /host-etc/x',
            {
              volumesFrom: [{ sourceContainer: 'one' }],
            },
          ),
        ],
        { volumes },
      ),
    );
    expect(await host.reported(task.taskId, isStopped)).toMatchObject({ containers: [{}, { exitCode: 0 }] });
    expect((await engine.docker.getVolume('shared-test').inspect()).Labels).toEqual({
      kept: 'yes',
      'longshore.volume': 'true',
    });
  });
});
