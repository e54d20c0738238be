/**
 * Decides which ended tasks' containers stay for people to look at: the newest, up to a limit for each family and one
 * for all. Pure.
 */
import type { EpochMs } from '../../../model/time.ts';

export interface KeptLimits {
  /** Containers of one family. */
  readonly perFamily: number;
  readonly inAll: number;
}

export interface EndedTask {
  readonly taskId: string;
  readonly family: string;
  readonly endedAt: EpochMs;
  readonly containers: number;
}

/** The tasks to remove, oldest first. The newest of a family stays however many containers it has. */
export function surplusOf<T extends EndedTask>(ended: readonly T[], limits: KeptLimits): readonly T[] {
  const byFamily = new Map<string, number>();
  let all = 0;
  const surplus: T[] = [];
  for (const task of ended.toSorted((a, b) => b.endedAt - a.endedAt)) {
    const ofFamily = byFamily.get(task.family) ?? 0;
    const fits = hasRoom(ofFamily, task.containers, limits.perFamily) && hasRoom(all, task.containers, limits.inAll);
    if (!fits) surplus.unshift(task);
    else {
      byFamily.set(task.family, ofFamily + task.containers);
      all += task.containers;
    }
  }
  return surplus;
}

const hasRoom = (kept: number, more: number, most: number): boolean => kept + more <= most || (kept === 0 && most > 0);
