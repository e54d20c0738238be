/**
 * How many instances a capacity provider's group needs: the figures by which ECS's managed scaling adds and removes them.
 * Longshore scales no groups yet; a program that does can use these figures.
 */
import { gpuShortfall, takenGpus } from './gpus.ts';
import type { HeldResources } from './task.ts';

export interface GroupInstance {
  /** Registered resources, whatever is held of them. */
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly gpus: number;
  /** The instance has a standalone task or a task of a REPLICA service. */
  readonly isUsed: boolean;
}

/** The ACTIVE instances of a provider, and what its tasks in PROVISIONING require. */
export interface ProviderGroup {
  readonly instances: readonly GroupInstance[];
  readonly waiting: readonly HeldResources[];
}

export interface ProviderDemand {
  /** ECS's N. */
  readonly instances: number;
  /** ECS's M. */
  readonly needed: number;
  /** M / N in percent: above 100 the group needs instances, below 100 it can lose some. */
  readonly reservation: number;
  readonly waitingTasks: number;
  /** Waiting tasks that not even an empty instance of the smallest size could take: they need no instance. */
  readonly tooBig: number;
}

type Size = Pick<GroupInstance, 'cpu' | 'memoryMiB' | 'gpus'>;

/** M = instances in use + instances of the group's largest size that the waiting tasks would fill. */
export function providerDemand({ instances, waiting }: ProviderGroup): ProviderDemand {
  const smallest = sizeOf(instances, Math.min);
  const fitting = smallest ? waiting.filter((task) => fits(smallest, task)) : waiting;
  const used = instances.filter(({ isUsed }) => isUsed).length;
  const largest = sizeOf(instances, Math.max);
  // Without an instance the size is unknown until the first ones register.
  const added = largest ? fill(largest, fitting) : Math.min(fitting.length, 1);
  const needed = used + added;
  return {
    instances: instances.length,
    needed,
    reservation: reservation(needed, instances.length),
    waitingTasks: waiting.length,
    tooBig: waiting.length - fitting.length,
  };
}

function reservation(needed: number, present: number): number {
  if (present > 0) return (needed / present) * 100;
  return needed === 0 ? 100 : 200;
}

function sizeOf(instances: readonly GroupInstance[], pick: (...values: number[]) => number): Size | undefined {
  if (instances.length === 0) return undefined;
  return {
    cpu: pick(...instances.map(({ cpu }) => cpu)),
    memoryMiB: pick(...instances.map(({ memoryMiB }) => memoryMiB)),
    gpus: pick(...instances.map(({ gpus }) => gpus)),
  };
}

/** An instance's free resources; `heldGpus` of its GPUs are taken. */
type Left = Size & { readonly heldGpus?: number };

const fits = ({ cpu, memoryMiB, gpus, heldGpus = 0 }: Left, task: HeldResources): boolean =>
  task.cpu <= cpu && task.memoryMiB <= memoryMiB && gpuShortfall(task.gpus, { free: gpus, held: heldGpus }) === 0;

/** First fit, largest tasks first: how many empty instances of this size the tasks need. */
function fill(size: Size, tasks: readonly HeldResources[]): number {
  const bins: { cpu: number; memoryMiB: number; gpus: number; heldGpus: number; ports: Set<string> }[] = [];
  const share = (task: HeldResources): number => Math.max(task.cpu / size.cpu, task.memoryMiB / size.memoryMiB);
  for (const task of tasks.toSorted((a, b) => share(b) - share(a))) {
    let bin = bins.find((each) => fits(each, task) && !task.ports.some((port) => each.ports.has(port)));
    if (!bin) bins.push((bin = { ...size, heldGpus: 0, ports: new Set() }));
    bin.cpu -= task.cpu;
    bin.memoryMiB -= task.memoryMiB;
    const gpus = takenGpus(task.gpus, bin.gpus);
    bin.gpus -= gpus;
    bin.heldGpus += gpus;
    for (const port of task.ports) bin.ports.add(port);
  }
  return bins.length;
}
