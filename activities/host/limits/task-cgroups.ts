/** The cgroups of tasks with limits: created before their containers, removed after the task has stopped. */
import { access, mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { release, totalmem } from 'node:os';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { CGROUP_FOLDER, chooseLayout, limitFiles } from './layout.ts';
import type { CgroupLayout, TaskLimits } from './layout.ts';

/** What the agent reads from `GET /info`. */
interface EngineInfo {
  readonly CgroupDriver?: string;
  readonly CgroupVersion?: string;
  readonly KernelVersion: string;
  readonly MemTotal: number;
  readonly SecurityOptions?: readonly string[] | null;
}

export class TaskCgroups {
  readonly #layout: CgroupLayout;
  readonly #containerInstanceId: string;

  constructor(layout: CgroupLayout, containerInstanceId: string) {
    this.#layout = layout;
    this.#containerInstanceId = containerInstanceId;
  }

  /** The engine's CgroupParent for the task's containers. */
  parentOf(taskId: string): string {
    return `/${CGROUP_FOLDER}/${this.#nameOf(taskId)}`;
  }

  /** Creates the task's cgroup and writes its limits. A repeat changes nothing. */
  async ensure(taskId: string, limits: TaskLimits): Promise<void> {
    for (const { mount, file, value } of limitFiles(this.#layout, limits)) {
      const folder = join(mount, this.parentOf(taskId));
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, file), value);
    }
  }

  /** Removes the task's cgroup, unless it still has containers. */
  async remove(taskId: string): Promise<void> {
    await this.#removeFolders(this.#nameOf(taskId));
  }

  /** Removes cgroups that a killed agent left behind, of tasks without containers. */
  async sweep(isKnown: (taskId: string) => boolean): Promise<void> {
    const prefix = this.#nameOf('');
    for (const mount of this.#layout.all)
      for (const name of await readdir(join(mount, CGROUP_FOLDER)).catch(() => []))
        if (name.startsWith(prefix) && !isKnown(name.slice(prefix.length))) await this.#removeFolders(name);
  }

  // Agents of one machine share the folder, so the instance's id tells whose task it is.
  #nameOf(taskId: string): string {
    return `${this.#containerInstanceId}_${taskId}`;
  }

  async #removeFolders(name: string): Promise<void> {
    for (const mount of this.#layout.all)
      await rmdir(join(mount, CGROUP_FOLDER, name)).catch((error: unknown) => {
        const { code } = error as NodeJS.ErrnoException;
        if (code !== 'ENOENT' && code !== 'EBUSY') throw error;
      });
  }
}

/**
 * Asks the engine once and tries this machine's cgroups. Returns why tasks cannot be limited as a whole, if they
 * cannot.
 */
export async function probeTaskCgroups(docker: Docker, containerInstanceId: string): Promise<TaskCgroups | string> {
  const info = (await docker.info()) as EngineInfo;
  const { socketPath } = docker.modem as { socketPath?: string };
  const layout = chooseLayout({
    isLocalSocket: socketPath !== undefined,
    isRoot: process.getuid?.() === 0,
    isRootless: (info.SecurityOptions ?? []).some((option) => option.includes('rootless')),
    driver: info.CgroupDriver ?? 'none',
    version: info.CgroupVersion === '2' ? '2' : '1',
    sameMachine: info.KernelVersion === release() && info.MemTotal === totalmem(),
    mountInfo: await readFile('/proc/self/mountinfo', 'utf8').catch(() => ''),
  });
  if (typeof layout === 'string') return layout;
  try {
    if (!(await isHostRoot(layout))) return 'the agent sees the cgroups of its own container, not those of the machine';
    await prepare(layout);
  } catch (error) {
    return `cgroups cannot be made here: ${error instanceof Error ? error.message : String(error)}`;
  }
  return new TaskCgroups(layout, containerInstanceId);
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/**
 * The kernel shows `release_agent` (version 1) only at the machine's root, and `cgroup.events` (version 2) only below
 * it.
 */
async function isHostRoot({ version, cpu, memory }: CgroupLayout): Promise<boolean> {
  if (version === '2') return !(await exists(join(cpu, 'cgroup.events')));
  return (await exists(join(cpu, 'release_agent'))) && (await exists(join(memory, 'release_agent')));
}

/** Creates the folder of all tasks, such that the limits of a cgroup bind everything below it. */
async function prepare({ version, cpu, memory }: CgroupLayout): Promise<void> {
  for (const mount of [cpu, memory]) await mkdir(join(mount, CGROUP_FOLDER), { recursive: true });
  if (version === '2') {
    for (const folder of [cpu, join(cpu, CGROUP_FOLDER)])
      await writeFile(join(folder, 'cgroup.subtree_control'), '+cpu +memory');
    return;
  }
  const hierarchy = join(memory, CGROUP_FOLDER, 'memory.use_hierarchy');
  if ((await readFile(hierarchy, 'utf8')).trim() === '0') await writeFile(hierarchy, '1');
}
