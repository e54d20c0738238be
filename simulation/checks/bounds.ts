/**
 * A service itself keeps within its bounds: it never starts more tasks than maximumPercent allows, and never stops a
 * healthy task if that would leave fewer than minimumHealthyPercent. The watch checks each decision as the service
 * writes it.
 */
import type { ServiceRecord } from '../../model/service.ts';
import type { OwnerRecord } from '../../model/owner-record.ts';
import { isExternal } from '../../model/task-set.ts';
import type { Task, TaskPatch } from '../../model/task.ts';
import type { EpochMs } from '../../model/time.ts';
import type { Store } from '../../store/contract/store.ts';
import { serviceBounds } from '../../scheduler/service/bounds.ts';

/** What the check knows of a service besides its row: calls that may or may not have reached it. */
export interface ServiceBelief {
  readonly desiredCounts: readonly number[];
  readonly minimums: readonly number[];
  readonly maximums: readonly number[];
}

/**
 * Something that looked wrong when a decision was written. It is checked again later, because an earlier decision may
 * be missing from the store after the database was away. By then the rows tell when each task was asked to stop and
 * when it ran.
 */
interface Suspicion {
  readonly at: EpochMs;
  readonly serviceName: string;
  /** Tasks that counted, as far as the check knew. */
  readonly taskIds: readonly string[];
  /** Tasks that the decision itself stopped. */
  readonly stops: ReadonlySet<string>;
  readonly limit: { readonly kind: 'minimum' | 'maximum'; readonly tasks: number };
}

/** After this time, every decision is in the store. */
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

  /** Returns what was wrong with the decisions that are now old enough to be judged. */
  async take(): Promise<readonly string[]> {
    const isDue = ({ at }: Suspicion): boolean => this.#now() - at > LOOK_AGAIN_AFTER_MS;
    const due = this.#suspicions.filter(isDue);
    this.#suspicions = this.#suspicions.filter((suspicion) => !isDue(suspicion));
    const verdicts = [];
    for (const suspicion of due) verdicts.push(...(await this.#judge(suspicion)));
    return verdicts;
  }

  /** Runs before an owner's writes are carried out. */
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

  /** Runs after tasks were reserved. */
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
        ? [`service ${serviceName} had ${counted.length} tasks, but its maximum is ${limit.tasks}`]
        : [];
    const running = counted.filter((task) => task.startedAt !== undefined && task.startedAt <= at);
    return running.length < limit.tasks
      ? [
          `service ${serviceName} stopped ${stops.size} tasks and kept ${running.length} healthy ones, but its minimum is ${limit.tasks}`,
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

  /** The widest bounds that any of the requested values allows. */
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
