/** What an agent lets tasks do to its host: it follows the host's links. */
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { offersFargate } from '../../../agent/attributes.ts';
import { HostGuards, type HostView } from '../../../agent/host-guards.ts';
import { defined } from '../../../model/defined.ts';
import type { Allowed, TaskAllowance } from '../../../model/task-guards.ts';
import { taskDefinition } from '../../support/commands.ts';

let folder: string;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'longshore-guards-')));
  for (const name of ['data', 'secret', 'engine']) await mkdir(join(folder, name));
  await writeFile(join(folder, 'engine/docker.sock'), '');
  await symlink(join(folder, 'secret'), join(folder, 'data/out'));
  await symlink(join(folder, 'data'), join(folder, 'link'));
  await symlink(join(folder, 'data/new'), join(folder, 'data/dangling'));
  await symlink(join(folder, 'secret/new'), join(folder, 'data/dangling-out'));
});
afterAll(() => rm(folder, { recursive: true }));

const check = (path: string, allowance: TaskAllowance, view: HostView = {}): Promise<void> => {
  const guards = new HostGuards('default', { engineSocket: join(folder, 'engine/docker.sock'), ...view });
  guards.allow(allowance);
  return guards.check(taskDefinition({ volumes: [{ name: 'v', host: { sourcePath: join(folder, path) } }] }));
};
const data = (): TaskAllowance => ({ hostPaths: [join(folder, 'data')] });

describe('host paths', () => {
  it.each(['data', 'data/missing/below', 'data/dangling'])('%s stays within what is allowed', async (path) => {
    await check(path, data());
  });

  it.each(['data/out', 'data/out/missing', 'data/dangling-out'])('%s leads out by a link', async (path) => {
    await expect(check(path, data())).rejects.toMatchObject({
      name: 'ResourceInitializationError',
      message: expect.stringMatching(
        /^Tasks in cluster default may not have volumes\[v\]=.*, which leads to .*\/secret.* on this host\. The operator can allow it with LONGSHORE_TASK_GUARDS\.$/,
      ) as string,
    });
  });

  it('no way up leads round the check of links', async () => {
    const guards = new HostGuards('default', { engineSocket: join(folder, 'engine/docker.sock') });
    guards.allow({ hostPaths: [join(folder, 'data')] });
    const sourcePath = `${folder}/data/missing/../out`;
    await expect(guards.check(taskDefinition({ volumes: [{ name: 'v', host: { sourcePath } }] }))).rejects.toThrow(
      /may not have volumes\[v\]/,
    );
  });

  it('the folder that the engine names leads to the engine', async () => {
    const guards = new HostGuards('default', { engineSocket: '/nowhere/docker.sock' });
    guards.allow({ hostPaths: [folder] });
    const asked = taskDefinition({ volumes: [{ name: 'v', host: { sourcePath: join(folder, 'secret/volumes') } }] });
    await guards.check(asked);
    guards.setEngineFolder(join(folder, 'data/out'));
    await expect(guards.check(asked)).rejects.toThrow(/may not have volumes/);
  });

  it('what is allowed may be a link itself', async () => {
    await check('link/a', { hostPaths: [join(folder, 'link')] });
  });

  it('the engine’s own socket, and a folder that has it, must be allowed by name', async () => {
    const all = { hostPaths: [folder] };
    await check('data', all);
    for (const path of ['engine', 'engine/docker.sock', '.']) {
      await expect(check(path, all)).rejects.toThrow(/may not have volumes/);
      await check(path, { ...all, engineSocket: true });
    }
  });

  it('what the agent cannot see is refused', async () => {
    await expect(check('data', data(), { isContained: true })).rejects.toThrow(/it runs in a container/);
    const elsewhere = new HostGuards('default', {});
    elsewhere.allow({ hostPaths: ['/'] });
    await expect(
      elsewhere.check(taskDefinition({ volumes: [{ name: 'v', host: { sourcePath: '/srv' } }] })),
    ).rejects.toThrow(/on another machine than its engine/);
  });
});

describe('volumes that the engine has', () => {
  const made = { 'longshore.volume': 'true' };
  const checkVolume = (labels: Record<string, string>, driverOpts: Record<string, string>, allowed: Allowed) => {
    const guards = new HostGuards('default', { engineSocket: join(folder, 'engine/docker.sock') });
    guards.allow(allowed);
    return guards.checkVolume({ name: 'v', driver: 'local', driverOpts, labels });
  };
  const bindOf = (path: string) => ({ type: 'none', o: 'bind', device: join(folder, path) });

  it('must be Longshore’s, unless they are allowed by name', async () => {
    await expect(checkVolume({}, {}, {})).rejects.toThrow(
      'may not have volumes[v], which Longshore did not make on this host.',
    );
    await checkVolume(made, {}, {});
    await checkVolume({}, {}, { volumes: ['v'] });
    await checkVolume({}, {}, 'all');
  });

  it('must lead to what a definition may name, whoever made them', async () => {
    await checkVolume(made, bindOf('data'), data());
    await expect(checkVolume(made, bindOf('secret'), data())).rejects.toThrow(/may not have volumes\[v\]/);
    await expect(checkVolume(made, bindOf('data/out'), data())).rejects.toThrow(/which leads to .*secret/);
  });
});

it('bounds containers where something is guarded, and knows the runtime of FARGATE tasks', () => {
  const guards = new HostGuards('default', { fargateRuntime: 'runsc' });
  guards.setLogDriver('json-file');
  expect(guards.boundsOf({})).toEqual({ limits: { engineLogDriver: 'json-file' } });
  guards.allow({ limits: { openFiles: 100, pids: 10 } });
  const limits = { pids: 10, openFiles: 100, logMiB: 64, engineLogDriver: 'json-file' };
  expect(guards.boundsOf({ launchType: 'EC2' })).toEqual({ limits });
  expect(guards.boundsOf({ launchType: 'FARGATE' })).toEqual({ limits, runtime: 'runsc' });
});

it.each([
  [true, undefined, true],
  [true, 'runsc', true],
  [true, 'kata', false],
  [false, 'runsc', false],
])('an instance with fargate %s and runtime %s offers FARGATE: %s', (fargate, fargateRuntime, offered) => {
  const facts = { engine: { runtimes: ['runc', 'runsc'] }, fargate, ...defined({ fargateRuntime }) };
  expect(offersFargate(facts)).toBe(offered);
});

it('checks the rest as the control plane does, until it is told that anything goes', async () => {
  const guards = new HostGuards('default', {});
  const privileged = taskDefinition({ networkMode: 'host' });
  await guards.check(privileged);
  guards.allow({});
  await expect(guards.check(privileged)).rejects.toThrow('Tasks in cluster default may not have networkMode=host.');
  guards.allow(undefined);
  await guards.check(privileged);
});
