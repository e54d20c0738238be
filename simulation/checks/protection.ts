/** A service does not stop a task that is under scale-in protection, unless it is unhealthy, or its service or task set goes. */
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

  /** Before an owner's writes are carried out. What the same write says of protection was decided before the stop. */
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
      this.#broken(`protection: task ${taskId} is under protection, and its service stops it`);
  }

  #isHeld(row: Task): boolean {
    return row.desiredStatus === 'RUNNING' && row.healthStatus !== 'UNHEALTHY' && isProtected(row, this.#now());
  }

  /** A service or a task set that was deleted stops its tasks whatever. */
  async #isGoing(clusterName: string, written: ServiceRecord | undefined, task: Task): Promise<boolean> {
    const service = written ?? (await this.#store.getServices(clusterName, [task.serviceName ?? '']))[0];
    if (service?.status !== 'ACTIVE') return true;
    const set = service.deployments.find(({ deploymentId }) => deploymentId === task.startedBy);
    return set?.taskSet?.draining === true;
  }
}
