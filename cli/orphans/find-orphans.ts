/** Finds what other data folders left on a Docker engine: containers, and the volumes that belong to their tasks. */
import type Docker from 'dockerode';
import { defined } from '../../model/defined.ts';
import { LABELS, planFrom } from '../../activities/host/launch/labels.ts';
import type { LiveInstance } from './other-instances.ts';

export interface Orphan {
  readonly containerId: string;
  readonly name: string;
  /** As Docker names it: running, exited … */
  readonly state: string;
  readonly containerInstanceId: string;
  readonly cluster: string;
  readonly taskArn: string;
  /** The volumes of the container's task. */
  readonly volumes: readonly string[];
  /** Present while a Longshore on this machine manages the container. */
  readonly inUseBy?: LiveInstance;
}

export interface Known {
  /** The container instance of the settings' data folder: its containers are not orphans. */
  readonly own: string | undefined;
  readonly live: ReadonlyMap<string, LiveInstance>;
}

/** Lists the containers with Longshore's labels that belong to another instance, sorted by instance and name. */
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
        ...defined({ inUseBy }),
      };
    })
    .sort((a, b) => order(a).localeCompare(order(b)));
}

const order = ({ containerInstanceId, name }: Orphan): string => `${containerInstanceId} ${name}`;

/** Selects the orphans that the ids name, each the id of a container or an instance or the beginning of one. Without ids: all. */
export const named = (orphans: readonly Orphan[], ids: readonly string[]): readonly Orphan[] =>
  ids.length === 0 ? orphans : orphans.filter((orphan) => ids.some((id) => isNamedBy(orphan, id)));

/** True when the id is the beginning of the container's, of its instance's, or its name. */
export const isNamedBy = (orphan: Orphan, id: string): boolean =>
  orphan.containerId.startsWith(id) || orphan.containerInstanceId.startsWith(id) || orphan.name === id;

/** Kills and removes the containers, then removes the volumes of their tasks. One that is gone already is a success. */
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
    // 409: another container of the task, which the ids do not name, still uses the volume.
    if (statusCode !== 404 && statusCode !== 409) throw error;
  }
}
