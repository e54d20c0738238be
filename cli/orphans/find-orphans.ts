/** What other data folders left on a Docker engine: containers, and the volumes that live as long as their tasks. */
import type Docker from 'dockerode';
import { LABELS, planFrom } from '../../activities/host/launch/labels.ts';
import type { LiveInstance } from './other-instances.ts';

export interface Orphan {
  readonly containerId: string;
  readonly name: string;
  /** Docker's word: running, exited … */
  readonly state: string;
  readonly containerInstanceId: string;
  readonly cluster: string;
  readonly taskArn: string;
  /** Volumes of its task. */
  readonly volumes: readonly string[];
  /** Present while a Longshore on this machine looks after it. */
  readonly inUseBy?: LiveInstance;
}

export interface Known {
  /** The instance of the settings' data folder: its containers are no orphans. */
  readonly own: string | undefined;
  readonly live: ReadonlyMap<string, LiveInstance>;
}

/** Containers with Longshore's labels that belong to another instance, by instance and name. */
export async function findOrphans(docker: Docker, { own, live }: Known): Promise<readonly Orphan[]> {
  const containers = await docker.listContainers({ all: true, filters: { label: [LABELS.instance] } });
  return containers
    .filter(({ Labels }) => Labels[LABELS.instance] !== own)
    .map(({ Id, Names, State, Labels }): Orphan => {
      const containerInstanceId = Labels[LABELS.instance] ?? '';
      const plan = planFrom(Labels);
      const inUseBy = live.get(containerInstanceId);
      return {
        containerId: Id,
        name: (Names[0] ?? '').replace(/^\//, ''),
        state: State,
        containerInstanceId,
        cluster: Labels['com.amazonaws.ecs.cluster'] ?? '',
        taskArn: plan?.taskArn ?? '',
        volumes: plan?.taskVolumes ?? [],
        ...(inUseBy === undefined ? {} : { inUseBy }),
      };
    })
    .sort((a, b) => order(a).localeCompare(order(b)));
}

const order = ({ containerInstanceId, name }: Orphan): string => `${containerInstanceId} ${name}`;

/** Those that an id names: a container's or an instance's, or the beginning of one. Without ids all. */
export const named = (orphans: readonly Orphan[], ids: readonly string[]): readonly Orphan[] =>
  ids.length === 0 ? orphans : orphans.filter((orphan) => ids.some((id) => isNamedBy(orphan, id)));

/** True when the id is the beginning of the container's, of its instance's, or its name. */
export const isNamedBy = (orphan: Orphan, id: string): boolean =>
  orphan.containerId.startsWith(id) || orphan.containerInstanceId.startsWith(id) || orphan.name === id;

/** Ends and removes the containers, then the volumes of their tasks. What is gone already is gone. */
export async function removeOrphans(docker: Docker, orphans: readonly Orphan[]): Promise<void> {
  for (const { containerId } of orphans) {
    await unlessGone(docker.getContainer(containerId).remove({ force: true, v: true }));
  }
  const volumes = new Set(orphans.flatMap((orphan) => orphan.volumes));
  for (const volume of volumes) await unlessGone(docker.getVolume(volume).remove());
}

async function unlessGone(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    const { statusCode } = error as { readonly statusCode?: number };
    // 409: another container of the task, which was not named, still holds the volume.
    if (statusCode !== 404 && statusCode !== 409) throw error;
  }
}
