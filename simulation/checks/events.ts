/**
 * Events are told in the order of what happened, each change once, and nothing that is in the store has gone untold: the
 * newest event of a task or instance shows its row. After STOPPED a task has no event.
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

/** Reads on from where it stopped, so one is for one run. */
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
    const late = isLate ? [`event ${event.id} stands at ${event.position}, before one that was read already`] : [];
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
    if (version <= before.version) wrong.push(`task ${taskId}: version ${version} is told after ${before.version}`);
    if (statusRank(lastStatus) < statusRank(before.lastStatus))
      wrong.push(`task ${taskId} is told to be ${lastStatus} after ${before.lastStatus}`);
    if (before.desiredStatus === 'STOPPED' && desiredStatus !== 'STOPPED')
      wrong.push(`task ${taskId} is told to be kept after it was told to be stopped`);
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
      ? [`instance ${id}: version ${version} is told after ${before}`]
      : [];
  }

  /** It begins, and then it ends one way; a rollback may have it begin again. */
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
            `task ${taskId} is ${lastStatus} (version ${version}); told: ${told?.lastStatus ?? 'nothing'} (${told?.version ?? 0})`,
          ];
    });
    const ofInstances = [...instances.values()].flatMap(({ containerInstanceId: id, version }) =>
      this.#instances.get(id) === version
        ? []
        : [`instance ${id} has version ${version}; told: ${this.#instances.get(id) ?? 0}`],
    );
    return [...ofTasks, ...ofInstances];
  }
}
