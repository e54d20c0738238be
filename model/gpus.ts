/** How many GPUs containers ask for, and which of a task's GPUs each of them gets. */
import type { ResourceRequirement } from '@aws-sdk/client-ecs';

/** `ALL`: every GPU of the instance, which must have one, and all of them free. */
export type GpuAmount = number | 'ALL';

/** More than any machine has. */
export const MOST_GPUS = 1024;

/** The GPUs that a container's resource requirements ask for together. Undefined if one of them is neither a number nor `ALL`. */
export function readGpus(requirements: readonly ResourceRequirement[] | undefined): GpuAmount | undefined {
  let total: GpuAmount = 0;
  for (const { type, value = '' } of requirements ?? []) {
    if (type !== 'GPU') continue;
    if (value !== 'ALL' && !/^\d{1,4}$/.test(value)) return undefined;
    total = addGpus(total, value === 'ALL' ? value : Number(value));
  }
  return total;
}

/** The sum of two requirements. `ALL` plus anything is `ALL`. */
export const addGpus = (a: GpuAmount, b: GpuAmount): GpuAmount => (a === 'ALL' || b === 'ALL' ? 'ALL' : a + b);

/** True if at least one GPU is asked for. */
export const asksForGpus = (gpus: GpuAmount): boolean => gpus !== 0;

/** GPUs of one instance: the free ones, and how many are held. */
export interface GpuRoom {
  readonly free: number;
  readonly held: number;
}

/** How many GPUs an instance lacks for a task; 0 when it has room. */
export function gpuShortfall(wanted: GpuAmount, { free, held }: GpuRoom): number {
  if (wanted !== 'ALL') return Math.max(0, wanted - free);
  return free === 0 ? Math.max(1, held) : held;
}

/** How many of the free GPUs a task takes. */
export const takenGpus = (wanted: GpuAmount, free: number): number => (wanted === 'ALL' ? free : wanted);

/** Deals the task's GPUs out to its containers in order; each container gets as many as it asks for. */
export function dealGpus(
  containers: readonly { readonly name: string; readonly gpus: GpuAmount }[],
  gpuIds: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  let from = 0;
  return new Map(
    containers.map(({ name, gpus }) => {
      const given = gpuIds.slice(from, gpus === 'ALL' ? undefined : from + gpus);
      from += given.length;
      return [name, given];
    }),
  );
}
