/** Answers `/v4/{id}` and the paths below it. */
import type { ContainerInspectInfo } from 'dockerode';
import { PAUSE_CONTAINER_NAME } from '../../activities/host/launch/labels.ts';
import type { TaskLife } from '../../activities/host/launch/task-life.ts';
import { type Answer, jsonAnswer } from './answer.ts';
import type { Inspects } from './inspects.ts';
import { containerMetadata, type Inspected, taskMetadata } from './metadata.ts';
import { statsOf } from './network-rates.ts';
import type { MetadataPart } from './routes.ts';
import type { Stats } from './stats.ts';

const HANDLERS: Readonly<Record<MetadataPart, string>> = {
  container: 'V4 container metadata handler: unable to get container ID from request',
  task: 'V4 task metadata handler: unable to get task arn from request',
  stats: 'V4 container stats handler: unable to get container ID from request',
  'task stats': 'V4 task stats handler: unable to get task arn from request',
};

/** Also for the id of another task's container. */
export const unknownMetadataId = (part: MetadataPart): Answer =>
  jsonAnswer(404, `${HANDLERS[part]}: no container of this agent has this id`);

export interface MetadataDeps {
  readonly inspects: Inspects;
  readonly stats: Stats;
  readonly availabilityZone: string;
}

export async function answerMetadata(
  life: TaskLife,
  asked: { readonly name: string; readonly part: MetadataPart },
  deps: MetadataDeps,
): Promise<Answer> {
  switch (asked.part) {
    case 'container': {
      const found = containerMetadata(await sourceOf(life, deps), asked.name);
      return found === undefined ? unknownMetadataId(asked.part) : jsonAnswer(200, found);
    }
    case 'task':
      return jsonAnswer(200, taskMetadata(await sourceOf(life, deps)));
    case 'stats': {
      const running = runningContainers(life).find(({ name }) => name === asked.name);
      const stats = running === undefined ? undefined : await containerStats(life, running.id, deps);
      return stats === undefined
        ? jsonAnswer(500, `Unable to get container stats for: ${asked.name}`)
        : jsonAnswer(200, stats);
    }
    case 'task stats': {
      const all = runningContainers(life).map(
        async ({ id }) => [id, (await containerStats(life, id, deps)) ?? {}] as const,
      );
      const ended = life.containers.flatMap(({ containerId, phase }) =>
        containerId !== undefined && phase === 'stopped' ? [[containerId, {}] as const] : [],
      );
      return jsonAnswer(200, Object.fromEntries([...ended, ...(await Promise.all(all))]));
    }
  }
}

async function sourceOf(life: TaskLife, { inspects, availabilityZone }: MetadataDeps) {
  const known = [
    ...life.containers.map((record) => ({ name: record.plan.name, id: record.containerId, knowledge: record })),
    { name: PAUSE_CONTAINER_NAME, id: life.pauseContainerId, knowledge: life.pauseContainerRuns },
  ];
  const found = await Promise.all(
    known.map(async ({ name, id, knowledge }): Promise<readonly [string, ContainerInspectInfo | undefined]> => [
      name,
      id === undefined ? undefined : await inspects.of(id, knowledge),
    ]),
  );
  const inspected: Inspected = new Map(found.flatMap(([name, info]) => (info === undefined ? [] : [[name, info]])));
  return { life, inspected, availabilityZone };
}

interface Running {
  readonly name: string;
  readonly id: string;
}

const runningContainers = (life: TaskLife): Running[] =>
  life.containers.flatMap(({ plan, phase, containerId }) =>
    containerId !== undefined && (phase === 'running' || phase === 'stopping')
      ? [{ name: plan.name, id: containerId }]
      : [],
  );

/** The pause container of an awsvpc task has the network, so its stats have the traffic. */
async function containerStats(life: TaskLife, id: string, { stats }: MetadataDeps): Promise<object | undefined> {
  const holder = life.plan.networkMode === 'awsvpc' && life.pauseContainerRuns ? life.pauseContainerId : undefined;
  const [own, network] = await Promise.all([stats.of(id), holder === undefined ? undefined : stats.of(holder)]);
  return own === undefined ? undefined : statsOf(own, network);
}
