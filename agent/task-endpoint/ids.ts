/**
 * The ids by which a task and its containers ask for what is theirs. They follow from the agent's own key, so nothing has to be
 * kept of a task, and whoever lacks the key cannot guess them.
 */
import { createHmac } from 'node:crypto';
import { PAUSE_CONTAINER_NAME } from '../../activities/host/launch/labels.ts';
import type { TaskLife } from '../../activities/host/launch/task-life.ts';
import type { TaskPlan } from '../../activities/host/launch/plan.ts';

/** 160 bits. */
const ID_DIGITS = 40;

export class TaskIds {
  readonly #key: Buffer;

  /** `key`: hexadecimal. */
  constructor(key: string) {
    this.#key = Buffer.from(key, 'hex');
  }

  /** Stands for the keys of the task's role. */
  credentials({ taskArn }: Pick<TaskPlan, 'taskArn'>): string {
    return this.#id(['credentials', taskArn]);
  }

  /** Stands for one container of the task. */
  container({ taskArn }: Pick<TaskPlan, 'taskArn'>, name: string): string {
    return this.#id(['container', taskArn, name]);
  }

  #id(parts: readonly string[]): string {
    return createHmac('sha256', this.#key).update(JSON.stringify(parts)).digest('hex').slice(0, ID_DIGITS);
  }
}

/** Whose id it is. */
export interface IdOwner {
  readonly taskId: string;
  /** Absent: the id stands for the task's credentials. */
  readonly containerName?: string;
}

/** Finds the owner of an id among the tasks of the host. */
export class IdIndex {
  readonly #ids: TaskIds;
  readonly #owners = new Map<string, IdOwner>();
  readonly #known = new Set<string>();

  constructor(ids: TaskIds) {
    this.#ids = ids;
  }

  /** Undefined if the id belongs to none of the tasks. */
  find(id: string, tasks: readonly TaskLife[]): IdOwner | undefined {
    if (this.#known.size > tasks.length) this.#forgetOthers(tasks);
    for (const { plan } of tasks) if (!this.#known.has(plan.taskId)) this.#add(plan);
    return this.#owners.get(id);
  }

  #add(plan: TaskPlan): void {
    const { taskId } = plan;
    this.#known.add(taskId);
    this.#owners.set(this.#ids.credentials(plan), { taskId });
    const names = [...plan.containers.map(({ name }) => name), ...(plan.hasHolder ? [PAUSE_CONTAINER_NAME] : [])];
    for (const containerName of names)
      this.#owners.set(this.#ids.container(plan, containerName), { taskId, containerName });
  }

  #forgetOthers(tasks: readonly TaskLife[]): void {
    const present = new Set(tasks.map(({ plan }) => plan.taskId));
    for (const taskId of this.#known) if (!present.has(taskId)) this.#known.delete(taskId);
    for (const [id, { taskId }] of this.#owners) if (!present.has(taskId)) this.#owners.delete(id);
  }
}
