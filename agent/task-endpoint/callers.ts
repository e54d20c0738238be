/** Whose address a call comes from. Containers reach the host's own address without a change of theirs. */
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { LABELS } from '../../activities/host/launch/labels.ts';
import type { TaskLife } from '../../activities/host/launch/task-life.ts';
import { type HostTasksView, instanceLabel, isLive } from './host-tasks-view.ts';
import { localAddresses } from './proc-net.ts';

/** A container's first call may come before the engine lists its address. */
const LISTED_AFTER_MS = [0, 100, 300, 600] as const;

export interface CallersDeps {
  readonly docker: Docker;
  readonly containerInstanceId: string;
  readonly tasks: HostTasksView;
  /** `/proc/net/fib_trie` of the engine's network namespace. */
  readonly readAddresses: () => Promise<string>;
}

/** The tasks of running containers by their addresses, as of a moment. */
interface Book {
  readonly lives: readonly TaskLife[];
  readonly tasks: ReadonlyMap<string, string>;
}

export class Callers {
  readonly #deps: CallersDeps;
  #book: Book = { lives: [], tasks: new Map() };
  #reading: Promise<Book> | undefined;

  constructor(deps: CallersDeps) {
    this.#deps = deps;
  }

  /** Whether the task may call from the address: it is one of its own, or the task is in the host's network, which has many. */
  async mayCall({ plan }: TaskLife, address: string): Promise<boolean> {
    return plan.networkMode === 'host' || (await this.#find(address, plan.taskId)) === plan.taskId;
  }

  /** The task whose address it is. `host`: the address is the host's own, and tasks in its network run. Undefined: a stranger's. */
  async whose(address: string): Promise<TaskLife | 'host' | undefined> {
    const { tasks, readAddresses } = this.#deps;
    const known = this.#isCurrent() ? this.#book.tasks.get(address) : undefined;
    const isHost = known === undefined && localAddresses(await readAddresses()).has(address);
    if (isHost)
      return tasks.lives().some((life) => isLive(life) && life.plan.networkMode === 'host') ? 'host' : undefined;
    const taskId = known ?? (await this.#find(address));
    return taskId === undefined ? undefined : tasks.life(taskId);
  }

  /** The id of the task with the address. If it is not the wanted one, the engine is asked who has it now. */
  async #find(address: string, wanted?: string): Promise<string | undefined> {
    const known = this.#isCurrent() ? this.#book.tasks.get(address) : undefined;
    if (known !== undefined && (wanted === undefined || known === wanted)) return known;
    for (const pause of LISTED_AFTER_MS) {
      if (pause > 0) await sleep(pause);
      this.#book = await this.#read();
      if (this.#book.tasks.has(address)) break;
    }
    return this.#book.tasks.get(address);
  }

  /** Whether nothing has happened to any task since. */
  #isCurrent(): boolean {
    const lives = this.#deps.tasks.lives();
    return lives.length === this.#book.lives.length && lives.every((life, i) => life === this.#book.lives[i]);
  }

  /** Callers at the same time share one look at the engine. */
  #read(): Promise<Book> {
    this.#reading ??= this.#list().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #list(): Promise<Book> {
    const { docker, containerInstanceId, tasks } = this.#deps;
    const lives = tasks.lives();
    const running = await docker.listContainers({ filters: { label: [instanceLabel(containerInstanceId)] } });
    const book = new Map<string, string>();
    for (const { Labels, NetworkSettings } of running)
      for (const { IPAddress } of Object.values(NetworkSettings.Networks)) {
        const taskId = Labels[LABELS.taskId];
        if (IPAddress !== '' && taskId !== undefined) book.set(IPAddress, taskId);
      }
    return { lives, tasks: book };
  }
}
