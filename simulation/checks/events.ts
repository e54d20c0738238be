/**
 * Events come in the order of what happened, each change exactly once, and none is missing: the newest event of a task
 * or instance shows its row. A task has no event after STOPPED.
 */
import { statusRank } from '../../model/status.ts';
import type { ServiceActionName } from '../../model/service-action.ts';
import type { Task } from '../../model/task.ts';
import type { StoredEvent } from '../../model/event.ts';
import type { Check, CheckInput } from './check.ts';
import type { Observation } from './observation.ts';

const PAGE = 1_000;

type TaskEvent = Extract<StoredEvent, { kind: 'task' }>;
type Told = Pick<Task, 'version' | 'lastStatus' | 'desiredStatus'>;

/** It continues where it last stopped reading, so each run needs its own. */
export class EventOrder implements Check {
  readonly name = 'events';
  readonly #tasks = new Map<string, Told>();
  readonly #instances = new Map<string, number>();
  readonly #deployments = new Map<string, ServiceActionName>();
  #position = 0;

  async check({ world, now }: CheckInput): Promise<readonly string[]> {
    const wrong: string[] = [];
    for (;;) {
      const { events, through } = await world.store.listEvents({}, { after: this.#position, limit: PAGE });
      for (const event of events) wrong.push(...this.#look(event));
      this.#position = through;
      if (events.length < PAGE) break;
    }
    return [...wrong, ...this.#untold(now)];
  }

  #look(event: StoredEvent): readonly string[] {
    const isLate = event.position <= this.#position;
    this.#position = Math.max(event.position, this.#position);
    const late = isLate ? [`event ${event.id} has position ${event.position}, before one that was already read`] : [];
    switch (event.kind) {
      case 'task':
        return [...late, ...this.#lookAtTask(event)];
      case 'container-instance':
        return [...late, ...this.#lookAtInstance(event.instance)];
      case 'service-action':
        return late;
      case 'deployment':
        return [
          ...late,
          ...this.#lookAtDeployment(`${event.serviceName} ${event.action.deploymentId ?? ''}`, event.action.eventName),
        ];
    }
  }

  #lookAtTask({ task }: TaskEvent): readonly string[] {
    const { taskId, version, lastStatus, desiredStatus } = task;
    const before = this.#tasks.get(taskId);
    this.#tasks.set(taskId, { version, lastStatus, desiredStatus });
    if (!before) return [];
    const wrong: string[] = [];
    if (before.lastStatus === 'STOPPED') wrong.push(`task ${taskId} has an event (${lastStatus}) after STOPPED`);
    if (version <= before.version) wrong.push(`task ${taskId}: version ${version} comes after ${before.version}`);
    if (statusRank(lastStatus) < statusRank(before.lastStatus))
      wrong.push(`task ${taskId} is ${lastStatus} in an event after ${before.lastStatus}`);
    if (before.desiredStatus === 'STOPPED' && desiredStatus !== 'STOPPED')
      wrong.push(`task ${taskId} has desiredStatus RUNNING in an event after STOPPED`);
    return wrong;
  }

  #lookAtInstance({
    containerInstanceId: id,
    version,
  }: {
    readonly containerInstanceId: string;
    readonly version: number;
  }) {
    const before = this.#instances.get(id);
    this.#instances.set(id, version);
    return before !== undefined && version <= before
      ? [`instance ${id}: version ${version} comes after ${before}`]
      : [];
  }

  /** A deployment begins and then ends in one way; a rollback may make it begin again. */
  #lookAtDeployment(deployment: string, name: ServiceActionName): readonly string[] {
    const before = this.#deployments.get(deployment);
    this.#deployments.set(deployment, name);
    const begins = name === 'SERVICE_DEPLOYMENT_IN_PROGRESS';
    const isUnderWay = before === 'SERVICE_DEPLOYMENT_IN_PROGRESS';
    return begins === isUnderWay ? [`deployment ${deployment}: ${name} after ${before ?? 'nothing'}`] : [];
  }

  #untold({ tasks, instances }: Observation): readonly string[] {
    const ofTasks = [...tasks.values()].flatMap(({ taskId, version, lastStatus }) => {
      const told = this.#tasks.get(taskId);
      return told?.version === version && told.lastStatus === lastStatus
        ? []
        : [
            `task ${taskId} is ${lastStatus} (version ${version}), but its newest event has ${told?.lastStatus ?? 'nothing'} (${told?.version ?? 0})`,
          ];
    });
    const ofInstances = [...instances.values()].flatMap(({ containerInstanceId: id, version }) =>
      this.#instances.get(id) === version
        ? []
        : [`instance ${id} has version ${version}, but its newest event has ${this.#instances.get(id) ?? 0}`],
    );
    return [...ofTasks, ...ofInstances];
  }
}
