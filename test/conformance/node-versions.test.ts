/**
 * Longshore on the newer release lines of Node.js, from start to stop; all other tests run on the one that started
 * them. Its cache is empty but for Temporal, so that the workflow bundle is built on the release under test too.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ContainerDefinition,
  DescribeTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { temporalExecutable } from '../../tools/embedded/temporal-executable.ts';
import { nodeExecutable, OTHER_NODE_RELEASES } from '../../tools/node-releases.ts';
import { readSettings } from '../../tools/settings.ts';
import { type DockerEngine, startDockerEngine } from '../../fixtures/docker-engines.ts';
import { TEST_IMAGE } from '../support/images.ts';
import { type Longshore, startLongshore } from '../support/longshore.ts';
import { tellFailure } from './support/describe-longshore.ts';
import { expectSoundCapacity } from './support/lifetime.ts';
import { createService, registerWeb, stable } from './support/services.ts';
import { PATIENCE } from './support/web.ts';

const WARN = 40;
let engine: DockerEngine;
let longshore: Longshore | undefined;
let cache: string;

beforeAll(async () => {
  engine = await startDockerEngine();
});

afterEach(async ({ task }) => {
  await tellFailure(task);
  await longshore?.destroy();
  longshore = undefined;
  await rm(cache, { recursive: true, force: true });
});

afterAll(() => engine.destroy());

/** A cache folder that holds only the user's own Temporal. */
async function cacheWithTemporal(): Promise<string> {
  const { cacheDir } = readSettings(process.env);
  await temporalExecutable(cacheDir);
  const home = await mkdtemp(join(tmpdir(), 'longshore-cache-'));
  await mkdir(join(home, 'longshore'));
  await symlink(join(cacheDir, 'temporal'), join(home, 'longshore', 'temporal'));
  return home;
}

async function runToItsEnd({ ecs }: Longshore, container: ContainerDefinition): Promise<number | undefined> {
  const family = 'once';
  await ecs.send(new RegisterTaskDefinitionCommand({ family, containerDefinitions: [container] }));
  const { tasks: started = [], failures } = await ecs.send(new RunTaskCommand({ taskDefinition: family }));
  expect(failures).toEqual([]);
  return vi.waitFor(async () => {
    const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ tasks: [started[0]!.taskArn!] }));
    expect(tasks).toMatchObject([{ lastStatus: 'STOPPED' }]);
    return tasks[0]!.containers![0]!.exitCode;
  }, PATIENCE);
}

it.each(OTHER_NODE_RELEASES)('Longshore runs on Node.js %s', async (release) => {
  const node = await nodeExecutable(release);
  expect(execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()).toBe(`v${release}`);
  cache = await cacheWithTemporal();
  longshore = await startLongshore({
    engine,
    node,
    env: { XDG_CACHE_HOME: cache },
  });

  const once = { name: 'once', image: TEST_IMAGE, memory: 16, command: ['sh', '-c', 'exit 3'] };
  expect(await runToItsEnd(longshore, once)).toBe(3);
  const taskDefinition = await registerWeb(longshore, 'web', 'hello');
  await createService(longshore, { serviceName: 'web', taskDefinition, desiredCount: 1 });
  await stable(longshore, 'web', 1);
  await longshore.ecs.send(new UpdateServiceCommand({ service: 'web', desiredCount: 0 }));
  await stable(longshore, 'web', 0);
  await expectSoundCapacity(longshore);
  await longshore.stop();

  expect(longshore.output()).toContain('Stopped (');
  expect(longshore.output()).not.toMatch(/warning/i);
  const lines = readFileSync(join(longshore.dataDir, 'longshore.log'), 'utf8').trimEnd().split('\n');
  const records = lines.map((line) => JSON.parse(line) as { readonly level: number; readonly msg: string });
  expect(records.filter(({ level }) => level >= WARN)).toEqual([]);
});
