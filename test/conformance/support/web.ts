/** A web server of the test image, and requests to it. */
import { vi } from 'vitest';
import type Docker from 'dockerode';
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import type { DockerEngine } from '../../../fixtures/docker-engines.ts';
import { TEST_IMAGE } from '../../support/images.ts';

/** A time limit for real engines on a busy machine: only a fault reaches it. */
export const PATIENCE = { timeout: 90_000, interval: 200 };

/** Serves `text` on the port; ends at once when stopped. */
export const webServer = (text: string, port = 80): string[] => [
  'sh',
  '-c',
  `trap 'exit 0' TERM; mkdir -p /www; echo ${text} > /www/index.html; httpd -f -p ${port} -h /www & wait $!`,
];

/** A container of that web server. */
export const webContainer = (text: string, more: ContainerDefinition = {}, port = 80): ContainerDefinition => ({
  name: 'web',
  image: TEST_IMAGE,
  cpu: 16,
  memory: 16,
  command: webServer(text, port),
  ...more,
});

/** A local image of this name whose command serves `text`, for definitions without a command. */
export async function tagWebServer(docker: Docker, repo: string, text: string): Promise<void> {
  const container = await docker.createContainer({ Image: TEST_IMAGE, Cmd: webServer(text) });
  await container.commit({ repo, tag: 'latest' });
  await container.remove();
}

const GET = 'fetch(process.argv[1]).then((answer) => answer.text()).then((text) => process.stdout.write(text))';

/** The answer at the address inside the engine's network namespace; waits until the server listens. */
export const getInside = (engine: DockerEngine, address: string): Promise<string> =>
  vi.waitFor(async () => (await engine.exec(process.execPath, '-e', GET, `http://${address}/`)).trim(), PATIENCE);

/** The answer at a host port of the engine, from outside. */
export const getFromOutside = (engine: DockerEngine, port: number | undefined): Promise<string> =>
  vi.waitFor(async () => {
    const response = await fetch(`http://${engine.address}:${port}/`, { signal: AbortSignal.timeout(5_000) });
    return (await response.text()).trim();
  }, PATIENCE);
