/** Drives and watches a Longshore service over the API, as any client would. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateServiceCommand,
  DeleteServiceCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  type ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  type Task,
} from '@aws-sdk/client-ecs';
import { COMMAND, IMAGE, MEMORY_MIB } from './stage.ts';

const POLL_MS = 20;
/** For counts. More frequent polls would themselves slow the launch that they watch. */
const COUNT_POLL_MS = 100;
const PATIENCE_MS = 120_000;
export const FAMILY = 'bench';

/** Registers the task definition of all the bench's tasks: one small container on Docker's bridge. */
export async function registerTaskDefinition(ecs: ECSClient): Promise<void> {
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: FAMILY,
      networkMode: 'bridge',
      containerDefinitions: [{ name: 'main', image: IMAGE, command: COMMAND, memory: MEMORY_MIB, stopTimeout: 1 }],
    }),
  );
}

export class EcsService {
  readonly #ecs: ECSClient;
  readonly #name: string;

  constructor(ecs: ECSClient, name: string) {
    this.#ecs = ecs;
    this.#name = name;
  }

  async create(desiredCount: number): Promise<void> {
    await this.#ecs.send(new CreateServiceCommand({ serviceName: this.#name, taskDefinition: FAMILY, desiredCount }));
  }

  async awaitRunningCount(count: number): Promise<void> {
    await until(async () => {
      const { services } = await this.#ecs.send(new DescribeServicesCommand({ services: [this.#name] }));
      return services?.[0]?.runningCount === count || undefined;
    }, COUNT_POLL_MS);
  }

  async tasks(): Promise<readonly Task[]> {
    const { taskArns = [] } = await this.#ecs.send(new ListTasksCommand({ serviceName: this.#name }));
    return this.#describe(taskArns);
  }

  /** Waits for a RUNNING task other than these. */
  async awaitReplacement(known: ReadonlySet<string>): Promise<Task> {
    return until(async () => {
      const { taskArns = [] } = await this.#ecs.send(new ListTasksCommand({ serviceName: this.#name }));
      const tasks = await this.#describe(taskArns.filter((arn) => !known.has(arn)));
      return tasks.find((task) => task.lastStatus === 'RUNNING');
    });
  }

  /** Deletes the service and waits until its tasks have stopped. */
  async delete(): Promise<void> {
    await this.#ecs.send(new DeleteServiceCommand({ service: this.#name, force: true }));
    await until(async () => (await this.tasks()).length === 0 || undefined);
    await until(async () => {
      const { services } = await this.#ecs.send(new DescribeServicesCommand({ services: [this.#name] }));
      return services?.[0]?.status === 'INACTIVE' || undefined;
    });
  }

  async #describe(tasks: string[]): Promise<readonly Task[]> {
    if (tasks.length === 0) return [];
    return (await this.#ecs.send(new DescribeTasksCommand({ tasks }))).tasks ?? [];
  }
}

/** Asks until there is an answer; throws after a limit. */
async function until<T>(ask: () => Promise<T | undefined>, pauseMs = POLL_MS): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error('Longshore took too long');
    await sleep(pauseMs);
  }
}
