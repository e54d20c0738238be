/** A full disk stops no server: reads go on, changes say what is wrong, and everything resumes once there is room. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  StopTaskCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { becomes, findProcesses } from '../../tools/process.ts';
import { startDockerEngine, type DockerEngine } from '../../fixtures/docker-engines.ts';
import { TEST_IMAGE } from '../support/images.ts';
import { type Longshore, startLongshore } from '../support/longshore.ts';
import { mountSmallDisk, type SmallDisk } from '../support/small-disk.ts';

const MIB = 1024 * 1024;
const PATIENCE_MS = 60_000;
const ENTRY = fileURLToPath(new URL('../../cli/longshore.mjs', import.meta.url));

let disk: SmallDisk;
let engine: DockerEngine;
let longshore: Longshore;

beforeAll(async () => {
  disk = mountSmallDisk(320);
  engine = await startDockerEngine();
  longshore = await startLongshore({ engine, dataDir: disk.folder, env: { LONGSHORE_DISK_RESERVE: '48MB' } });
  await longshore.ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'web',
      networkMode: 'bridge',
      containerDefinitions: [{ name: 'web', image: TEST_IMAGE, memory: 16, command: ['sleep', '3600'] }],
    }),
  );
  await longshore.ecs.send(new CreateServiceCommand({ serviceName: 'web', taskDefinition: 'web', desiredCount: 1 }));
  expect(await becomes(async () => (await runningTasks()) === 1, PATIENCE_MS, 200)).toBe(true);
});
afterAll(async () => {
  disk.empty();
  await longshore.destroy();
  await engine.destroy();
  disk.destroy();
});

const ballast = (): number => statSync(join(disk.folder, 'ballast'), { throwIfNoEntry: false })?.size ?? 0;
const ballastIsWhole = (): Promise<boolean> => becomes(() => ballast() === 48 * MIB, PATIENCE_MS);
const ready = async (): Promise<{ readonly status: number; readonly text: string }> => {
  const response = await fetch(`${longshore.url}/readyz`);
  return { status: response.status, text: await response.text() };
};
const isReady = (): Promise<boolean> => becomes(async () => (await ready()).status === 200, PATIENCE_MS, 200);
const runningTasks = async (): Promise<number> =>
  (await longshore.ecs.send(new ListTasksCommand({ serviceName: 'web', desiredStatus: 'RUNNING' }))).taskArns!.length;
/** The servers' pids: a restarted server has another. */
const servers = (): readonly number[] => findProcesses([`${disk.folder}/`]).filter((pid) => pid !== process.pid);
const logged = (): string => readFileSync(join(disk.folder, 'longshore.log'), 'utf8');

async function refusal(call: () => Promise<unknown>): Promise<{ readonly status: number; readonly text: string }> {
  const error = await call().then(
    () => undefined,
    (reason: unknown) => reason as { name: string; message: string; $metadata: { httpStatusCode: number } },
  );
  return { status: error?.$metadata.httpStatusCode ?? 200, text: `${error?.name}: ${error?.message}` };
}

const start = () =>
  spawnSync(process.execPath, [ENTRY, 'start'], {
    env: longshore.environment,
    encoding: 'utf8',
  });

describe('a disk that fills up once', () => {
  it('stops no server, refuses changes with the reason, and resumes by itself', async () => {
    expect(await ballastIsWhole()).toBe(true);
    const before = servers();
    disk.fill();
    // The ballast makes room again, but only for the servers.
    expect(await becomes(() => disk.freeBytes() >= 16 * MIB, PATIENCE_MS)).toBe(true);
    const full = expect.stringMatching(/The disk of \S+ is full: \d+ MB of 320 MB are free/) as string;
    const changes = [
      () => longshore.ecs.send(new CreateClusterCommand({ clusterName: 'more' })),
      () => longshore.ecs.send(new UpdateServiceCommand({ service: 'web', desiredCount: 2 })),
    ];
    longshore.ecs.config.maxAttempts = () => Promise.resolve(1);
    for (const change of changes) expect(await refusal(change)).toEqual({ status: 503, text: full });
    expect((await refusal(changes[0]!)).text).toMatch(/^ServiceUnavailable: /);
    expect(await ready()).toEqual({ status: 503, text: full });
    const { services } = await longshore.ecs.send(new DescribeServicesCommand({ services: ['web'] }));
    expect(services![0]).toMatchObject({ status: 'ACTIVE', desiredCount: 1 });
    // Calls that free room need not wait for room.
    const { taskArns } = await longshore.ecs.send(new ListTasksCommand({ serviceName: 'web' }));
    await longshore.ecs.send(new StopTaskCommand({ task: taskArns![0]! }));
    expect(servers()).toEqual(before);

    disk.empty();
    expect(await isReady()).toBe(true);
    expect(await ballastIsWhole()).toBe(true);
    await longshore.ecs.send(new UpdateServiceCommand({ service: 'web', desiredCount: 2 }));
    expect(await becomes(async () => (await runningTasks()) === 2, PATIENCE_MS, 200)).toBe(true);
    expect(servers()).toEqual(before);
    expect(logged()).toContain('the disk has room again');
  });
});

describe('a disk that stays full to the last byte', () => {
  it('does not stop Longshore, and everything resumes once there is room', async () => {
    expect(await ballastIsWhole()).toBe(true);
    const [main] = findProcesses(['longshore.mjs']).filter(
      (pid) => readFileSync(join(disk.folder, 'longshore.pid'), 'utf8').trim() === String(pid),
    );
    expect(main).toBeDefined();
    // The program that fills the disk takes the ballast, too.
    const taken = await becomes(() => {
      disk.fill();
      return ballast() === 0 && disk.freeBytes() === 0;
    }, PATIENCE_MS);
    expect(taken).toBe(true);
    const killed = findProcesses(['postgres', `-D ${disk.folder}`]);
    await longshore.kill('postgres');
    await longshore.kill('temporal');
    expect(killed.length).toBeGreaterThan(0);
    const change = () => longshore.ecs.send(new CreateClusterCommand({ clusterName: 'more' }));
    expect((await refusal(change)).text).toMatch(/^ServiceUnavailable: .*is full: 0 MB of 320 MB/);

    disk.empty();
    expect(await isReady()).toBe(true);
    await longshore.ecs.send(new UpdateServiceCommand({ service: 'web', desiredCount: 1 }));
    expect(await becomes(async () => (await runningTasks()) === 1, PATIENCE_MS, 200)).toBe(true);
    expect(readFileSync(join(disk.folder, 'longshore.pid'), 'utf8').trim()).toBe(String(main));
  });
});

describe('a start on a full disk', () => {
  it('says so, leaves no claim, and starts on the room that the ballast releases', async () => {
    expect(await ballastIsWhole()).toBe(true);
    await longshore.stop();
    disk.fill();
    await longshore.start();
    expect((await ready()).text).toContain('is full');
    expect((await longshore.ecs.send(new DescribeServicesCommand({ services: ['web'] }))).services).toHaveLength(1);
    await longshore.stop();
    truncateSync(join(disk.folder, 'ballast'));
    disk.fill();
    const outcome = start();
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toMatch(/The disk of \S+ is full: 0 MB of 320 MB are free\./);
    expect(outcome.stderr).not.toMatch(/\n\s+at /);
    expect(readdirSync(disk.folder).filter((name) => name.startsWith('longshore.pid'))).toEqual([]);
    disk.empty();
    await longshore.start();
    expect(await isReady()).toBe(true);
    expect(existsSync(join(disk.folder, 'longshore.pid'))).toBe(true);
  });
});
