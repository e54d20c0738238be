/**
 * A service does not stop a task under scale-in protection, unless the task is unhealthy or its service or task set is
 * being deleted.
 */
import type { Task } from '../../model/task.ts';
import type { EpochMs } from '../../model/time.ts';
import type { OwnerRecord } from '../../model/owner-record.ts';
import type { ServiceRecord } from '../../model/service.ts';
import type { Store } from '../../store/contract/store.ts';
import { isProtected } from '../../scheduler/service/protection.ts';

export class ProtectionWatch {
  readonly #store: Pick<Store, 'getTasks' | 'getServices'>;
  readonly #now: () => EpochMs;
  readonly #broken: (sentence: string) => void;

  constructor(options: {
    readonly store: Pick<Store, 'getTasks' | 'getServices'>;
    readonly now: () => EpochMs;
    readonly broken: (sentence: string) => void;
  }) {
    this.#store = options.store;
    this.#now = options.now;
    this.#broken = options.broken;
  }

  /**
   * Runs before an owner's writes are carried out. The stops were decided before the protection in the same write took
   * effect.
   */
  async beforeWrite({ clusterName, tasks: patches, service }: OwnerRecord): Promise<void> {
    const stops = patches.filter(
      ({ changes }) =>
        changes.desiredStatus === 'STOPPED' &&
        changes.stopCode === 'ServiceSchedulerInitiated' &&
        changes.protectedUntil === undefined &&
        changes.healthStatus !== 'UNHEALTHY',
    );
    if (stops.length === 0) return;
    const rows = await this.#store.getTasks(
      clusterName,
      stops.map(({ taskId }) => taskId),
    );
    const held: Task[] = [];
    for (const row of rows) if (this.#isHeld(row) && !(await this.#isGoing(clusterName, service, row))) held.push(row);
    for (const { taskId } of held)
      this.#broken(`protection: task ${taskId} is under protection, but its service stops it`);
  }

  #isHeld(row: Task): boolean {
    return row.desiredStatus === 'RUNNING' && row.healthStatus !== 'UNHEALTHY' && isProtected(row, this.#now());
  }

  /** A deleted service or task set stops its tasks, protected or not. */
  async #isGoing(clusterName: string, written: ServiceRecord | undefined, task: Task): Promise<boolean> {
    const service = written ?? (await this.#store.getServices(clusterName, [task.serviceName ?? '']))[0];
    if (service?.status !== 'ACTIVE') return true;
    const set = service.deployments.find(({ deploymentId }) => deploymentId === task.startedBy);
    return set?.taskSet?.draining === true;
  }
}
