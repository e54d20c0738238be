/** Network modes and shared namespaces on a real engine. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDockerEngine } from '../../../fixtures/docker-engines.ts';
import type { DockerEngine } from '../../../fixtures/docker-engines.ts';
import { ensureTestImage } from '../../support/images.ts';
import { PAUSE_CONTAINER_NAME } from '../../../activities/host/launch/labels.ts';
import { definition, shell, TestHost, WAIT, web } from './host.ts';

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

const get = (address: string): Promise<string> =>
  engine
    .exec('curl', '-s', '--retry', '20', '--retry-connrefused', '--retry-delay', '1', address)
    .then((s) => s.trim());

/** The answer at a host port, from outside the engine's machine. A server may take a moment to listen. */
const page = (port: number): Promise<string> =>
  fetch(`http://${engine.address}:${port}/`).then(
    async (answer) => (await answer.text()).trim(),
    () => 'no answer',
  );

describe('bridge', () => {
  it('lets the engine choose a dynamic host port and shows it', async () => {
    const task = await host.run(definition([web('web', 'dynamic', 80, { portMappings: [{ containerPort: 80 }] })]));
    expect(task.lastStatus).toBe('RUNNING');
    const [binding, ...others] = task.containers[0]!.networkBindings!;
    expect(others).toEqual([]);
    expect(binding).toMatchObject({ bindIP: '0.0.0.0', containerPort: 80, protocol: 'tcp' });
    expect(binding!.hostPort).toBeGreaterThan(32_000);
    await expect.poll(() => page(binding!.hostPort), { timeout: 30_000 }).toBe('dynamic');
  });

  it('takes a static host port', async () => {
    const mapping = { containerPort: 80, hostPort: 8099, protocol: 'tcp' as const };
    const task = await host.run(definition([web('web', 'static', 80, { portMappings: [mapping] })]));
    expect(task.containers[0]!.networkBindings).toEqual([{ ...mapping, bindIP: '0.0.0.0' }]);
    await expect.poll(() => page(8099), { timeout: 30_000 }).toBe('static');
  });

  it('maps one container port for two protocols, to dynamic host ports or to the same one', async () => {
    for (const hostPort of [0, 8053]) {
      const portMappings = (['tcp', 'udp'] as const).map((protocol) => ({ containerPort: 53, hostPort, protocol }));
      const task = await host.run(definition([shell('dns', WAIT, { portMappings })]));
      expect(task.lastStatus).toBe('RUNNING');
      const hostPorts = expect.any(Number) as number;
      expect(task.containers[0]!.networkBindings).toEqual(
        portMappings.map((mapping) => ({ ...mapping, bindIP: '0.0.0.0', hostPort: hostPort || hostPorts })),
      );
    }
  });

  it('fails to start with the engine’s message if the port is taken', async () => {
    const mappings = [{ containerPort: 80, hostPort: 8098 }];
    await host.run(definition([web('web', 'first', 80, { portMappings: mappings })]));
    const task = await host.run(definition([web('web', 'second', 80, { portMappings: mappings })]));
    expect(task).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart' });
    expect(task.stoppedReason).toMatch(/^CannotStartContainerError: Error response from daemon: .*8098/);
    expect(task.containers[0]).toMatchObject({ lastStatus: 'STOPPED', reason: task.stoppedReason });
  });

  it('reaches linked containers by their alias', async () => {
    const task = await host.run(
      definition([
        web('backend', 'linked', 80),
        shell('probe', 'wget -q -O - http://db/ | grep -q linked', { links: ['backend:db'], essential: false }),
        shell('main', WAIT),
      ]),
    );
    const ended = await host.reported(task.taskId, (r) => r.containers[1]!.lastStatus === 'STOPPED');
    expect(ended.containers[1]).toMatchObject({ exitCode: 0 });
  });
});

describe('awsvpc', () => {
  it('gives the task one address that its containers share', async () => {
    const probe = 'until wget -q -O /dev/null http://localhost:8080/; do sleep 0.1; done';
    const task = await host.run(
      definition([web('web', 'own-address'), shell('probe', probe, { essential: false })], { networkMode: 'awsvpc' }),
    );
    expect(task.lastStatus).toBe('RUNNING');
    const [attachment] = task.attachments!;
    const details = Object.fromEntries(attachment!.details.map((d) => [d.name, d.value]));
    expect(attachment).toMatchObject({ type: 'ElasticNetworkInterface', status: 'ATTACHED' });
    expect(details).toMatchObject({
      subnetId: 'subnet-1',
      networkInterfaceId: expect.stringMatching(/^eni-[0-9a-f]{17}$/),
      macAddress: expect.stringMatching(/^02:42:/),
    });
    for (const container of task.containers) {
      expect(container.networkBindings).toBeUndefined();
      expect(container.networkInterfaces).toEqual([{ privateIpv4Address: details['privateIPv4Address'] }]);
    }
    expect(await get(`http://${details['privateIPv4Address']}:8080/`)).toBe('own-address');
    const ended = await host.reported(task.taskId, (r) => r.containers[1]!.lastStatus === 'STOPPED');
    expect(ended.containers[1]).toMatchObject({ exitCode: 0 });
  });

  it('removes the pause container as soon as the task has stopped', async () => {
    const task = await host.run(definition([shell('main', WAIT)], { networkMode: 'awsvpc' }));
    expect(await host.containers(task.taskId)).toEqual(['main', PAUSE_CONTAINER_NAME].sort());
    const stopped = await host.stop(task.taskId);
    expect(stopped.lastStatus).toBe('STOPPED');
    await expect.poll(() => host.containers(task.taskId)).toEqual(['main']);
  });

  it('ends the task when its pause container is killed', async () => {
    const task = await host.run(definition([shell('main', WAIT)], { networkMode: 'awsvpc' }));
    const [pauseContainer] = await engine.docker.listContainers({
      filters: { label: [`longshore.task-id=${task.taskId}`, 'longshore.role=holder'] },
    });
    await engine.docker.getContainer(pauseContainer!.Id).kill();
    const stopped = await host.reported(task.taskId, (r) => r.lastStatus === 'STOPPED');
    expect(stopped.stoppedReason).toMatch(/^ContainerRuntimeError: /);
  });
});

describe('host and none', () => {
  it('host: answers at the host’s own port', async () => {
    const task = await host.run(definition([web('web', 'on-the-host', 8097)], { networkMode: 'host' }));
    expect(task.containers[0]!.networkBindings).toBeUndefined();
    expect(await get(`http://${engine.address}:8097/`)).toBe('on-the-host');
  });

  it('none: the container has only the loopback interface', async () => {
    const script = '[ "$(ls /sys/class/net)" = lo ]';
    const task = await host.run(definition([shell('main', script)], { networkMode: 'none' }));
    const stopped = await host.reported(task.taskId, (r) => r.lastStatus === 'STOPPED');
    expect(stopped.containers[0]).toMatchObject({ exitCode: 0 });
  });
});

describe('namespaces', () => {
  it('pidMode task: containers see one another’s processes', async () => {
    const script = 'until ps | grep -v grep | grep -q "sleep 54321"; do sleep 0.1; done';
    const task = await host.run(
      definition([shell('one', 'sleep 54321'), shell('two', script, { essential: false })], { pidMode: 'task' }),
    );
    const ended = await host.reported(task.taskId, (r) => r.containers[1]!.lastStatus === 'STOPPED');
    expect(ended.containers[1]).toMatchObject({ exitCode: 0 });
  });
});
