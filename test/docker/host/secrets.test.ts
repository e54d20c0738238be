/** Secrets on a real engine: in the environment and the log options of their own container, and as registry credentials. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DockerEngine, startDockerEngine } from '../../../fixtures/docker-engines.ts';
import type { ContainerSecrets, TaskSecrets } from '../../../model/task-calls.ts';
import { type ImageRegistry, startImageRegistry } from '../../support/image-registry.ts';
import { ensureTestImage, TEST_IMAGE } from '../../support/images.ts';
import { definition, shell, TestHost, WAIT } from './host.ts';

const USER = { username: 'puller', password: 'canary-password' };

let engine: DockerEngine;
let host: TestHost;
let registry: ImageRegistry;
/** What the control plane answers. */
let secrets: TaskSecrets = {};
/** What it answers before that, one task after the other. */
const before: TaskSecrets[] = [];
beforeAll(async () => {
  engine = await startDockerEngine();
  await ensureTestImage(engine.docker);
  registry = await startImageRegistry(engine, USER);
  host = await TestHost.open(engine, { secrets: () => Promise.resolve(before.shift() ?? secrets) });
});
afterAll(() => engine.destroy());
afterAll(() => registry.stop());
afterAll(() => host.close());

const given = (more: Partial<ContainerSecrets>): ContainerSecrets => ({
  ...{ fileEnvironment: {}, environment: {}, logOptions: {} },
  ...more,
});
const NAMES = { secrets: [{ name: 'A', valueFrom: 'a' }] };
const isStopped = (r: { lastStatus: string }): boolean => r.lastStatus === 'STOPPED';
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

it('come into the environment of their container, and no other', async () => {
  secrets = { main: given({ environment: { A: 'canary $x "y"\nz' }, fileEnvironment: { B: 'b', C: 'c' } }) };
  const check = `[ "$(printf %s "$A" | sha256sum)" = "${sha256('canary $x "y"\nz')}  -" ] && [ "$B$C" = bown ]`;
  const task = await host.run(
    definition([
      shell('main', `${check} || exit 1; exit 7`, { ...NAMES, environment: [{ name: 'C', value: 'own' }] }),
      shell('side', WAIT, { essential: false }),
    ]),
  );
  const ended = await host.reported(task.taskId, isStopped);
  expect(ended.containers[0]).toMatchObject({ name: 'main', exitCode: 7 });
  const side = await engine.docker.getContainer(ended.containers[1]?.runtimeId ?? '').inspect();
  expect(JSON.stringify(side)).not.toContain('canary');
  const main = await engine.docker.getContainer(ended.containers[0]?.runtimeId ?? '').inspect();
  expect(JSON.stringify(main.Config.Labels)).not.toContain('canary');
});

it('stay with a container that the restart policy starts again', async () => {
  secrets = { main: given({ environment: { A: 'canary' } }) };
  const script = '[ "$A" = canary ] || exit 2; [ -e /tmp/again ] && exit 0; touch /tmp/again; sleep 1.1; exit 1';
  const restartPolicy = { enabled: true, restartAttemptPeriod: 1, ignoredExitCodes: [2] };
  const task = await host.run(definition([shell('main', script, { ...NAMES, restartPolicy })]));
  expect((await host.reported(task.taskId, isStopped)).containers[0]?.exitCode).toBe(0);
});

describe('options of a log driver', () => {
  const logging = (name: string) => ({
    logConfiguration: { logDriver: 'json-file' as const, secretOptions: [{ name, valueFrom: 'a' }] },
  });

  it('reach the engine', async () => {
    secrets = { main: given({ logOptions: { tag: 'canary-tag' } }) };
    const { containers } = await host.run(definition([shell('main', WAIT, logging('tag'))]));
    const { HostConfig } = await engine.docker.getContainer(containers[0]?.runtimeId ?? '').inspect();
    expect(HostConfig.LogConfig?.Config).toMatchObject({ tag: 'canary-tag' });
  });

  it('are not in what the engine says of them', async () => {
    secrets = { main: given({ logOptions: { 'max-size': 'canary-size' } }) };
    const task = await host.run(definition([shell('main', WAIT, logging('max-size'))]));
    expect(task.stoppedReason).toMatch(/^Cannot(?:Create|Start)ContainerError: .*\*\*\*\*/);
    expect(JSON.stringify(host.reports)).not.toContain('canary');
  });
});

describe('an image of a private registry', () => {
  const privateTask = async (repository: string) => {
    const image = `${registry.host}/${repository}:1`;
    await registry.push(TEST_IMAGE, `${repository}:1`);
    await engine.docker.getImage(image).remove();
    return definition([shell('main', WAIT, { image, repositoryCredentials: { credentialsParameter: 'a' } })]);
  };

  it('is pulled with the credentials that its container names', async () => {
    secrets = { main: given({ registryAuth: USER }) };
    expect(await host.run(await privateTask('good'))).toMatchObject({ lastStatus: 'RUNNING' });
  });

  it.each([
    ['others', { ...USER, password: 'canary-wrong' }],
    ['none', undefined],
  ])('is not pulled with %s', async (_which, registryAuth) => {
    secrets = { main: given(registryAuth === undefined ? {} : { registryAuth }) };
    const task = await host.run(await privateTask(`bad-${registryAuth === undefined ? 'none' : 'other'}`));
    expect(task).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart' });
    expect(task.stoppedReason).toMatch(/^CannotPullContainerError: .*(?:no basic auth|401|unauthorized)/i);
    expect(task.stoppedReason).not.toContain('canary');
  });

  it('is another pull with other credentials, at the same time, too', async () => {
    const task = await privateTask('both');
    before.push({ main: given({ registryAuth: { ...USER, password: 'canary-wrong' } }) });
    secrets = { main: given({ registryAuth: USER }) };
    const refused = host.run(task);
    const pulled = host.run(task);
    expect((await refused).stoppedReason).toMatch(/^CannotPullContainerError/);
    expect(await pulled).toMatchObject({ lastStatus: 'RUNNING' });
  });
});
