/** A tag moves at the registry: all tasks of a deployment still run what its first task found, until the next deployment. */
import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startImageRegistry, type ImageRegistry } from '../support/image-registry.ts';
import { TEST_IMAGE } from '../support/images.ts';
import { withLongshore } from './support/lifetime.ts';
import { createService, registerWeb, stable, tasksOf } from './support/services.ts';
import { tagWebServer } from './support/web.ts';

const running = withLongshore();
let registry: ImageRegistry;
beforeAll(async () => {
  registry = await startImageRegistry(running().engine);
});
afterAll(() => registry.stop());

const digests = async (service: string): Promise<(string | undefined)[]> =>
  (await tasksOf(running(), service)).map((task) => task.containers?.[0]?.imageDigest);

it('a moved image tag changes nothing until the next deployment', async () => {
  const { ecs, engine } = running();
  const first = await registry.push(TEST_IMAGE, 'web:v1');
  const image = `${registry.host}/web:v1`;
  const taskDefinition = await registerWeb(running(), 'pinned', 'pinned', { image });
  // Old tasks stop at once, without waiting until new tasks count as healthy.
  const deploymentConfiguration = { minimumHealthyPercent: 0, maximumPercent: 200 };
  await createService(running(), { serviceName: 'pinned', taskDefinition, desiredCount: 1, deploymentConfiguration });
  await stable(running(), 'pinned', 1);
  expect(await digests('pinned')).toEqual([first]);

  await tagWebServer(engine.docker, 'other', 'other');
  const second = await registry.push('other:latest', 'web:v1');
  expect(second).not.toBe(first);
  await ecs.send(new UpdateServiceCommand({ service: 'pinned', desiredCount: 3 }));
  await stable(running(), 'pinned', 3);
  expect(await digests('pinned')).toEqual([first, first, first]);

  await ecs.send(new UpdateServiceCommand({ service: 'pinned', forceNewDeployment: true }));
  await stable(running(), 'pinned', 3);
  expect(await digests('pinned')).toEqual([second, second, second]);
});
