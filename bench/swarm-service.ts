/** A Docker Swarm service without published ports, like Longshore's services in the bench. */
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { COMMAND, IMAGE, MEMORY_MIB } from './stage.ts';

const MIB = 1024 * 1024;
const POLL_MS = 20;
/** For launches. More frequent polls would themselves slow what they watch. */
const COUNT_POLL_MS = 100;
const PATIENCE_MS = 120_000;

interface SwarmTask {
  readonly ID: string;
  readonly Status?: { readonly State?: string; readonly ContainerStatus?: { readonly ContainerID?: string } };
}

export class SwarmService {
  readonly #docker: Docker;
  readonly #name: string;

  constructor(docker: Docker, name: string) {
    this.#docker = docker;
    this.#name = name;
  }

  /** Uses the image's id, because by name Swarm would first ask a registry for it. */
  async create(replicas: number): Promise<void> {
    const { Id: imageId } = await this.#docker.getImage(IMAGE).inspect();
    await this.#docker.createService({
      Name: this.#name,
      TaskTemplate: {
        ContainerSpec: { Image: imageId, Command: COMMAND, StopGracePeriod: 0 },
        Resources: { Limits: { MemoryBytes: MEMORY_MIB * MIB } },
      },
      Mode: { Replicated: { Replicas: replicas } },
    });
  }

  /** Its tasks that run and should run. */
  async running(): Promise<readonly SwarmTask[]> {
    const filters = { service: [this.#name], 'desired-state': ['running'] };
    const tasks = (await this.#docker.listTasks({ filters: JSON.stringify(filters) })) as readonly SwarmTask[];
    return tasks.filter((task) => task.Status?.State === 'running');
  }

  async awaitRunningCount(count: number): Promise<void> {
    await this.awaitRunning((running) => running.length === count, COUNT_POLL_MS);
  }

  async awaitRunning(
    holds: (running: readonly SwarmTask[]) => boolean,
    pauseMs = POLL_MS,
  ): Promise<readonly SwarmTask[]> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const running = await this.running();
      if (holds(running)) return running;
      if (performance.now() > deadline) throw new Error('the Swarm service did not get its tasks running');
      await sleep(pauseMs);
    }
  }

  async kill(task: SwarmTask): Promise<void> {
    await this.#docker.getContainer(task.Status?.ContainerStatus?.ContainerID ?? '').kill();
  }

  async remove(): Promise<void> {
    await this.#docker.getService(this.#name).remove();
  }
}
