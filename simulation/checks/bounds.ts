/**
 * A service stays within its bounds by its own doing: it never starts more than maximumPercent allows, and stops no
 * healthy task when minimumHealthyPercent would be missed. Looked at when the service writes what it decided.
 */
import type { ServiceRecord } from '../../model/service.ts';
import type { OwnerRecord } from '../../model/owner-record.ts';
import { isExternal } from '../../model/task-set.ts';
import type { Task, TaskPatch } from '../../model/task.ts';
import type { EpochMs } from '../../model/time.ts';
import type { Store } from '../../store/contract/store.ts';
import { serviceBounds } from '../../scheduler/service/bounds.ts';

/** What is known of a service besides its row: calls that may have reached it or not. */
export interface ServiceBelief {
  readonly desiredCounts: readonly number[];
  readonly minimums: readonly number[];
  readonly maximums: readonly number[];
}

/**
 * What looks wrong when a decision is carried out, to be looked at again later: an earlier decision may not be in the
 * store yet, when the database was away. The rows tell then when each task was asked to stop, and when it ran.
 */
interface Suspicion {
  readonly at: EpochMs;
  readonly serviceName: string;
  /** Tasks that counted, as far as was known. */
  readonly taskIds: readonly string[];
  /** Stopped by the decision itself. */
  readonly stops: ReadonlySet<string>;
  readonly limit: { readonly kind: 'minimum' | 'maximum'; readonly tasks: number };
}

/** By then whatever was decided is in the store. */
const LOOK_AGAIN_AFTER_MS = 120_000;

export class BoundsWatch {
  readonly #store: Store;
  readonly #clusterName: string;
  readonly #now: () => EpochMs;
  readonly #beliefs: (serviceName: string) => ServiceBelief;
  #suspicions: Suspicion[] = [];

  constructor(options: {
    readonly store: Store;
    readonly clusterName: string;
    readonly now: () => EpochMs;
    readonly beliefs: (serviceName: string) => ServiceBelief;
  }) {
    this.#store = options.store;
    this.#clusterName = options.clusterName;
    this.#now = options.now;
    this.#beliefs = options.beliefs;
  }

  /** What was found of the decisions that are old enough to be judged. */
  async take(): Promise<readonly string[]> {
    const isDue = ({ at }: Suspicion): boolean => this.#now() - at > LOOK_AGAIN_AFTER_MS;
    const due = this.#suspicions.filter(isDue);
    this.#suspicions = this.#suspicions.filter((suspicion) => !isDue(suspicion));
    const verdicts = [];
    for (const suspicion of due) verdicts.push(...(await this.#judge(suspicion)));
    return verdicts;
  }

  /** Before an owner's writes are carried out. */
  async beforeWrite(writes: OwnerRecord): Promise<void> {
    const stops = new Set(writes.tasks.filter(isSchedulersStop).map((patch) => patch.taskId));
    const [first] = stops;
    if (first === undefined) return;
    const [task] = await this.#store.getTasks(this.#clusterName, [first]);
    const service = task?.serviceName === undefined ? undefined : await this.#service(task.serviceName);
    if (!isBounded(service)) return;
    const { serviceName } = service.definition;
    const healthy = (await this.#tasks(serviceName)).filter(
      (one) => one.healthStatus !== 'UNHEALTHY' && one.desiredStatus === 'RUNNING',
    );
    const running = healthy.filter((one) => one.lastStatus === 'RUNNING');
    const { lower } = this.#bounds(writes.service ?? service);
    const losesHealthy = running.some((one) => stops.has(one.taskId));
    if (!losesHealthy || running.filter((one) => !stops.has(one.taskId)).length >= lower) return;
    const taskIds = healthy.map((one) => one.taskId);
    const limit = { kind: 'minimum', tasks: lower } as const;
    this.#suspicions.push({ at: this.#now(), serviceName, taskIds, stops, limit });
  }

  /** After tasks were reserved. */
  async afterReserve(tasks: readonly Task[]): Promise<void> {
    const serviceName = tasks[0]?.serviceName;
    const service = serviceName === undefined ? undefined : await this.#service(serviceName);
    if (serviceName === undefined || !isBounded(service)) return;
    const wanted = (await this.#tasks(serviceName)).filter((task) => task.desiredStatus === 'RUNNING');
    const { upper } = this.#bounds(service);
    if (wanted.length <= upper) return;
    const taskIds = wanted.map((one) => one.taskId);
    const limit = { kind: 'maximum', tasks: upper } as const;
    this.#suspicions.push({ at: this.#now(), serviceName, taskIds, stops: new Set(), limit });
  }

  async #judge({ at, serviceName, taskIds, stops, limit }: Suspicion): Promise<readonly string[]> {
    const tasks = await this.#store.getTasks(this.#clusterName, taskIds);
    const wasLeaving = (task: Task): boolean => {
      const left = task.stoppingAt ?? task.stoppedAt;
      return left !== undefined && left <= at;
    };
    const counted = tasks.filter((task) => !stops.has(task.taskId) && !wasLeaving(task));
    if (limit.kind === 'maximum')
      return counted.length > limit.tasks
        ? [`service ${serviceName} had ${counted.length} tasks, more than the ${limit.tasks} of its maximum`]
        : [];
    const running = counted.filter((task) => task.startedAt !== undefined && task.startedAt <= at);
    return running.length < limit.tasks
      ? [
          `service ${serviceName} stopped ${stops.size} tasks and kept ${running.length} healthy ones, fewer than the ${limit.tasks} of its minimum`,
        ]
      : [];
  }

  async #service(name: string): Promise<ServiceRecord | undefined> {
    const [service] = await this.#store.getServices(this.#clusterName, [name]);
    return service;
  }

  async #tasks(serviceName: string): Promise<readonly Task[]> {
    return (await this.#store.listLiveTasks()).filter((task) => task.serviceName === serviceName);
  }

  /** The widest that any of what was asked allows. */
  #bounds({ definition }: ServiceRecord): { readonly lower: number; readonly upper: number } {
    const { desiredCounts, minimums, maximums } = this.#beliefs(definition.serviceName);
    const { minimumHealthyPercent, maximumPercent } = definition;
    const counts = [...desiredCounts, definition.desiredCount];
    const least = serviceBounds(Math.min(...counts), {
      minimumHealthyPercent: Math.min(...minimums, minimumHealthyPercent),
      maximumPercent,
    });
    const most = serviceBounds(Math.max(...counts), {
      minimumHealthyPercent,
      maximumPercent: Math.max(...maximums, maximumPercent),
    });
    return { lower: least.lower, upper: most.upper };
  }
}

const isBounded = (service: ServiceRecord | undefined): service is ServiceRecord =>
  service?.status === 'ACTIVE' &&
  service.definition.schedulingStrategy === 'REPLICA' &&
  !isExternal(service.definition);

const isSchedulersStop = ({ changes }: TaskPatch): boolean =>
  changes.desiredStatus === 'STOPPED' &&
  changes.stopCode === 'ServiceSchedulerInitiated' &&
  changes.healthStatus !== 'UNHEALTHY';
