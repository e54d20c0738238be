/**
 * How many instances a capacity provider's group needs: the figures by which ECS's managed scaling adds and removes them.
 * Nothing here scales groups yet; whoever does goes by this.
 */
import { gpuShortfall, takenGpus } from './gpus.ts';
import type { HeldResources } from './task.ts';

export interface GroupInstance {
  /** Registered, whatever is held of it. */
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly gpus: number;
  /** Some task of a service that is no DAEMON, or of none, is on it. */
  readonly isUsed: boolean;
}

/** The ACTIVE instances of a provider, and what its tasks in PROVISIONING ask for. */
export interface ProviderGroup {
  readonly instances: readonly GroupInstance[];
  readonly waiting: readonly HeldResources[];
}

export interface ProviderDemand {
  /** ECS's N. */
  readonly instances: number;
  /** ECS's M. */
  readonly needed: number;
  /** M / N in percent: above 100 asks for instances, below frees some. */
  readonly reservation: number;
  readonly waitingTasks: number;
  /** Waiting tasks that the smallest instance could not take even empty: they ask for none. */
  readonly tooBig: number;
}

type Size = Pick<GroupInstance, 'cpu' | 'memoryMiB' | 'gpus'>;

/** M = instances in use + those that the waiting tasks would fill, counted in instances of the group's largest size. */
export function providerDemand({ instances, waiting }: ProviderGroup): ProviderDemand {
  const smallest = sizeOf(instances, Math.min);
  const fitting = smallest ? waiting.filter((task) => fits(smallest, task)) : waiting;
  const used = instances.filter(({ isUsed }) => isUsed).length;
  const largest = sizeOf(instances, Math.max);
  // No instance says how large one is: the first ones show it.
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

/** What is left of an instance; `heldGpus` of it are taken. */
type Left = Size & { readonly heldGpus?: number };

const fits = ({ cpu, memoryMiB, gpus, heldGpus = 0 }: Left, task: HeldResources): boolean =>
  task.cpu <= cpu && task.memoryMiB <= memoryMiB && gpuShortfall(task.gpus, { free: gpus, held: heldGpus }) === 0;

/** First fit, the largest tasks first: how many empty instances of the size they take. */
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
