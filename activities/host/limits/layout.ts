/**
 * Where and how a task's own cpu and memory limits are written: in one cgroup above the cgroups of its containers.
 * Pure.
 */

const MIB = 1024 * 1024;
const CPU_PERIOD_US = 100_000;
/** The kernel's smallest CFS quota. */
const MINIMUM_CPU_QUOTA_US = 1_000;
/** The folder of all tasks, at the root of each cgroup hierarchy. */
export const CGROUP_FOLDER = 'longshore';

/** The facts behind the decision: what the engine says, and what the agent sees of this machine. */
export interface LimitFacts {
  readonly isLocalSocket: boolean;
  readonly isRoot: boolean;
  readonly isRootless: boolean;
  /** The engine's cgroup driver and version. An older engine does not state the version, which is then 1. */
  readonly driver: string;
  readonly version: '1' | '2';
  readonly sameMachine: boolean;
  /** The contents of `/proc/self/mountinfo`. */
  readonly mountInfo: string;
}

/**
 * Mount points of every hierarchy in which a container has a cgroup. With version 2, cpu and memory are the same one.
 */
export interface CgroupLayout {
  readonly version: '1' | '2';
  readonly cpu: string;
  readonly memory: string;
  readonly all: readonly string[];
}

/** Returns the layout to use, or in plain words why a task as a whole cannot be limited. */
export function chooseLayout(facts: LimitFacts): CgroupLayout | string {
  if (!facts.isLocalSocket) return 'the container engine is not reached over a local socket';
  if (facts.isRootless) return 'the container engine is rootless';
  if (!facts.isRoot) return 'the agent does not run as root';
  if (!facts.sameMachine) return 'the container engine runs on another machine or in a virtual one';
  if (facts.driver !== 'cgroupfs') return `the container engine uses the cgroup driver ${facts.driver}, not cgroupfs`;
  const mounts = cgroupMounts(facts.mountInfo);
  const of = (controller: string) =>
    facts.version === '2'
      ? mounts.find((m) => m.type === 'cgroup2')?.path
      : mounts.find((m) => m.type === 'cgroup' && m.options.includes(controller))?.path;
  const [cpu, memory] = [of('cpu'), of('memory')];
  if (cpu === undefined || memory === undefined) return `no cgroup file system of version ${facts.version} is mounted`;
  const all = facts.version === '2' ? [cpu] : mounts.map((m) => m.path);
  return { version: facts.version, cpu, memory, all };
}

interface CgroupMount {
  readonly path: string;
  readonly type: string;
  readonly options: readonly string[];
}

/** Each line reads `id parent major:minor root mount-point options … - type source super-options`. */
function cgroupMounts(mountInfo: string): CgroupMount[] {
  return mountInfo.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const path = before.split(' ')[4];
    const [type = '', , options = ''] = after.split(' ');
    return path === undefined || !type.startsWith('cgroup') ? [] : [{ path, type, options: options.split(',') }];
  });
}

/** A task's own limits; cpu in units of 1/1024 core. */
export interface TaskLimits {
  readonly cpu?: number;
  readonly memoryMiB?: number;
}

/** The files to write, in order, in the task's folder below the mount point. */
export function limitFiles(
  layout: CgroupLayout,
  { cpu, memoryMiB }: TaskLimits,
): { readonly mount: string; readonly file: string; readonly value: string }[] {
  const quota = Math.max(Math.round(((cpu ?? 0) * CPU_PERIOD_US) / 1024), MINIMUM_CPU_QUOTA_US);
  const isOne = layout.version === '1';
  return [
    ...(cpu === undefined
      ? []
      : isOne
        ? // The kernel's default period is CPU_PERIOD_US.
          [{ mount: layout.cpu, file: 'cpu.cfs_quota_us', value: String(quota) }]
        : [{ mount: layout.cpu, file: 'cpu.max', value: `${quota} ${CPU_PERIOD_US}` }]),
    ...(memoryMiB === undefined
      ? []
      : [
          {
            mount: layout.memory,
            file: isOne ? 'memory.limit_in_bytes' : 'memory.max',
            value: String(memoryMiB * MIB),
          },
        ]),
  ];
}
