/** The cgroups that limit tasks as a whole, on a real engine. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { probeTaskCgroups } from '../../../activities/host/limits/task-cgroups.ts';
import type { TaskCgroups } from '../../../activities/host/limits/task-cgroups.ts';
import { startDockerEngine } from '../../../fixtures/docker-engines.ts';
import type { DockerEngine } from '../../../fixtures/docker-engines.ts';
import { ensureTestImage } from '../../support/images.ts';
import { definition, shell, TestHost, WAIT } from './host.ts';

let engine: DockerEngine;
let host: TestHost;
let cgroups: TaskCgroups;
beforeAll(async () => {
  engine = await startDockerEngine();
  await ensureTestImage(engine.docker);
  const id = randomBytes(16).toString('hex');
  const probed = await probeTaskCgroups(engine.docker, id);
  if (typeof probed === 'string') throw new Error(probed);
  cgroups = probed;
  host = await TestHost.open(engine, { id, cgroups });
});
afterAll(() => engine.destroy());
afterAll(() => host.close());

/** What the kernel has of the task's cgroup, in version 1 or 2, whichever this machine uses. */
const folders = (taskId: string): string[] =>
  ['/memory', '/cpu', '/cpu,cpuacct', '/pids', ''].map((part) => `/sys/fs/cgroup${part}${cgroups.parentOf(taskId)}`);
const limit = (taskId: string, ...files: string[]): string | undefined =>
  folders(taskId)
    .flatMap((folder) => files.map((file) => `${folder}/${file}`))
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path, 'utf8').trim())[0];

it('two containers together cannot exceed their task’s memory; its cgroup goes when it stops', async () => {
  // Each holds 40 MiB of memory, once it is told to: within the task's 64 MiB alone, beyond it together.
  const eat = 'until [ -e /tmp/go ]; do sleep 0.1; done; dd if=/dev/zero of=/eat/x bs=1M count=40 && sleep 60; exit $?';
  const linuxParameters = { tmpfs: [{ containerPath: '/eat', size: 60 }] };
  const both = definition([shell('first', eat, { linuxParameters }), shell('second', eat, { linuxParameters })], {
    cpu: '512',
    memory: '64',
  });
  const { taskId, containers } = await host.run(both);
  expect(limit(taskId, 'memory.limit_in_bytes', 'memory.max')).toBe(String(64 * 1024 * 1024));
  expect(limit(taskId, 'cpu.cfs_quota_us', 'cpu.max')).toMatch(/^50000( 100000)?$/);
  for (const { runtimeId } of containers) await host.begin(runtimeId!, 'touch', '/tmp/go');
  const ended = await host.reported(taskId, (r) => r.lastStatus === 'STOPPED', 120_000);
  expect(ended.containers.map((c) => c.reason)).toContain('OutOfMemoryError: Container killed due to memory usage');
  const killed = ended.containers.find((c) => c.reason !== undefined)!;
  expect(killed.exitCode).toBe(137);
  await expect.poll(() => folders(taskId).filter((f) => existsSync(f)), { timeout: 30_000 }).toEqual([]);
});

it('neither a task adopted after a restart nor a launch that failed leaves a cgroup', async () => {
  const { taskId } = await host.run(definition([shell('main', WAIT)], { memory: '32' }));
  expect(limit(taskId, 'memory.limit_in_bytes', 'memory.max')).toBe(String(32 * 1024 * 1024));
  host.tasks.close();
  const half = 'a'.repeat(32);
  await cgroups.ensure(half, { cpu: 256 });
  host = await TestHost.open(engine, { id: host.containerInstanceId, cgroups });
  expect(folders(half).filter((f) => existsSync(f))).toEqual([]);
  await host.tasks.reconcile([]);
  expect(folders(taskId).filter((f) => existsSync(f))).toEqual([]);
});
