/** The reference for every launch: the same container by plain create and start calls to the engine. */
import type Docker from 'dockerode';
import { COMMAND, IMAGE, MEMORY_MIB } from './stage.ts';

const MIB = 1024 * 1024;

/** Creates and starts one container. Resolves when the engine says that it runs. */
export async function createAndStart(docker: Docker): Promise<void> {
  const container = await docker.createContainer({
    Image: IMAGE,
    Cmd: COMMAND,
    HostConfig: { NetworkMode: 'bridge', Memory: MEMORY_MIB * MIB },
  });
  await container.start();
}

/** Starts `count` containers, `concurrency` at a time. Returns the milliseconds until the last one runs. */
export async function launchMany(docker: Docker, count: number, concurrency: number): Promise<number> {
  const begun = performance.now();
  let left = count;
  const work = async (): Promise<void> => {
    for (; left > 0;) {
      left -= 1;
      await createAndStart(docker);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return performance.now() - begun;
}

/** Removes every container of the engine, a few at a time. */
export async function removeAll(docker: Docker): Promise<void> {
  const containers = await docker.listContainers({ all: true });
  const work = async (): Promise<void> => {
    for (let next = containers.pop(); next !== undefined; next = containers.pop()) {
      await docker.getContainer(next.Id).remove({ force: true, v: true }).catch(ignoreGone);
    }
  };
  await Promise.all(Array.from({ length: 4 }, work));
}

/** Ignores that somebody else has removed the container or is removing it. */
function ignoreGone(error: unknown): void {
  const status = (error as { statusCode?: unknown }).statusCode;
  if (status !== 404 && status !== 409) throw error;
}
