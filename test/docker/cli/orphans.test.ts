/** The command `longshore orphans` on a real engine. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDockerEngine, type DockerEngine } from '../../../fixtures/docker-engines.ts';
import { ensureTestImage } from '../../support/images.ts';
import { definition, shell, TestHost, WAIT } from '../host/host.ts';

const ENTRY = fileURLToPath(new URL('../../../cli/longshore.mjs', import.meta.url));
const WITH_VOLUME = definition(
  [shell('main', WAIT, { mountPoints: [{ sourceVolume: 'data', containerPath: '/d' }] })],
  {
    volumes: [{ name: 'data' }],
  },
);

let engine: DockerEngine;
let other: ChildProcess;
const folders: string[] = [];
const hosts: TestHost[] = [];

/** A data folder whose instance has a task on the engine. */
async function dataFolder(): Promise<{ readonly folder: string; readonly instance: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'longshore-orphans-'));
  const host = await TestHost.open(engine);
  await host.run(WITH_VOLUME);
  mkdirSync(join(folder, 'agent'));
  writeFileSync(join(folder, 'agent', 'container-instance-id'), `${host.containerInstanceId}\n`);
  folders.push(folder);
  hosts.push(host);
  return { folder, instance: host.containerInstanceId };
}

let own: { readonly folder: string; readonly instance: string };
let left: { readonly folder: string; readonly instance: string };
let live: { readonly folder: string; readonly instance: string };

beforeAll(async () => {
  engine = await startDockerEngine();
  await ensureTestImage(engine.docker);
  [own, left, live] = [await dataFolder(), await dataFolder(), await dataFolder()];
  for (const host of hosts) host.tasks.close();
  // Looks like a running Longshore from outside.
  other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', 'cli/longshore.mjs', 'start'], {
    env: { ...process.env, LONGSHORE_DATA: live.folder },
    stdio: 'ignore',
  });
});
afterAll(async () => {
  other.kill('SIGKILL');
  await engine.destroy();
  for (const folder of folders) rmSync(folder, { recursive: true });
});

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const orphans = (...args: string[]): Promise<Outcome> =>
  new Promise((resolve) => {
    const env = { ...process.env, LONGSHORE_DATA: own.folder, DOCKER_HOST: `unix://${engine.socketPath}` };
    execFile(process.execPath, [ENTRY, 'orphans', ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : 1, stdout, stderr }),
    );
  });

const listed = async (): Promise<{ containerInstanceId: string; containerId: string; inUseBy?: { pid: number } }[]> =>
  (await orphans('--json')).stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { containerInstanceId: string; containerId: string });
const volumes = async (): Promise<number> => (await engine.docker.listVolumes()).Volumes.length;
const containers = async (): Promise<number> => (await engine.docker.listContainers({ all: true })).length;

describe('longshore orphans', () => {
  it('lists containers of other data folders, and says which of these are in use', async () => {
    const found = await listed();
    expect(found.map((orphan) => orphan.containerInstanceId).sort()).toEqual([left.instance, live.instance].sort());
    const inUse = found.find((orphan) => orphan.containerInstanceId === live.instance);
    expect(inUse).toMatchObject({ inUseBy: { pid: other.pid, dataDir: live.folder } });
    const { stdout } = await orphans();
    expect(stdout).toMatch(new RegExp(`^CONTAINER +NAME .*\\n(.*\\n)*.*${left.instance}  default +-\\n`));
    expect(stdout).toContain(`${live.folder} (pid ${other.pid})`);
    expect(stdout).not.toContain(own.instance);
  });

  it('refuses ids that are not orphans, such as its own containers, and then removes nothing', async () => {
    const outcome = await orphans('--remove', left.instance, own.instance);
    expect(outcome).toMatchObject({ code: 1, stdout: '' });
    expect(outcome.stderr).toContain(`There is no orphan ${own.instance}.`);
    expect(await containers()).toBe(3);
  });

  it('removes containers that no agent serves, with their volumes, and says what stays', async () => {
    expect(await volumes()).toBe(3);
    const outcome = await orphans('--remove');
    expect(outcome).toMatchObject({ code: 0, stdout: 'Removed 1 container.\n' });
    expect(outcome.stderr).toMatch(new RegExp(`^Not removed: .*${live.folder} \\(pid ${other.pid}\\)`, 'm'));
    expect((await listed()).map((orphan) => orphan.containerInstanceId)).toEqual([live.instance]);
    expect(await volumes()).toBe(2);
  });

  it('removes containers in use if asked to', async () => {
    const [inUse] = await listed();
    const outcome = await orphans('--remove', '--in-use', inUse!.containerId.slice(0, 12));
    expect(outcome).toMatchObject({ code: 0, stdout: 'Removed 1 container.\n', stderr: '' });
    expect((await orphans()).stdout).toBe('There are no containers of other data folders on this Docker engine.\n');
    expect(await containers()).toBe(1);
  });
});
