/** One simulated instance's way to the control plane. */
import type { HostActivities } from '../../activities/host/types.ts';
import type { InstanceControl } from '../../model/agent-calls.ts';

export interface FleetMember {
  readonly containerInstanceId: string;
  readonly clusterName: string;
  /** Absent: the fleet says where it is. */
  readonly availabilityZone?: string;
  readonly control: InstanceControl;
  /** Takes the work of the instance's own task queue until the returned function is called, which waits for its end. */
  serve(activities: HostActivities): Promise<() => Promise<void>>;
}

export interface FleetMembers {
  readonly members: readonly FleetMember[];
  /** After they have stopped serving. */
  close(): Promise<void>;
}

/** The SDK pays no heed to `maxConcurrentActivityTaskPolls`: each worker would have ten polls open at a time. */
export const MEMBER_WORKER = {
  maxConcurrentActivityTaskExecutions: 500,
  activityTaskPollerBehavior: { type: 'simple-maximum', maximum: 1 },
} as const;

/** Works on each item, at most `atOnce` at a time. The results have the order of the items. The first failure ends it. */
export async function inParallel<T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T, place: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const entries = items.entries();
  const lane = async (): Promise<void> => {
    for (const [place, item] of entries) results[place] = await work(item, place);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return results;
}
