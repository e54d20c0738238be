/** Task scale-in protection: which tasks it covers, and what UpdateTaskProtection may set. */
import type { EpochMs } from '../../model/time.ts';
import type { ClassifiedTask } from './classify.ts';
import { movingTasks } from './moving.ts';
import type { ServiceTask } from './types.ts';
import { isGood } from './view.ts';
import type { ServiceView } from './view.ts';

export const isProtected = ({ protectedUntil = 0 }: Pick<ServiceTask, 'protectedUntil'>, now: EpochMs): boolean =>
  protectedUntil > now;

/** Scale-in, rollouts, rebalancing and draining may not stop the task now. A failed health check may. */
export const isHeld = ({ now, policy }: ServiceView, { task, bucket }: ClassifiedTask): boolean =>
  isProtected(task, now) && bucket !== 'unhealthy' && (policy.protectionHoldsDraining || !isDraining(bucket));

const isDraining = (bucket: ClassifiedTask['bucket']): boolean => bucket === 'draining' || bucket === 'drainingPending';

/** Of the tasks that remain after the stops: protected ones that keep the service from its desired state. */
export function holdingTasks(
  view: ServiceView,
  { current, old }: { readonly current: readonly ClassifiedTask[]; readonly old: readonly ClassifiedTask[] },
): readonly ServiceTask[] {
  if (view.snapshot.status !== 'ACTIVE') return [];
  const good = current.filter(isGood);
  const surplus = good.length > view.desired + movingTasks(view).arriving.length ? good : [];
  const leaving = [...old, ...current.filter(({ bucket }) => isDraining(bucket)), ...surplus];
  return leaving.filter((item) => isHeld(view, item)).map(({ task }) => task);
}

export interface ProtectionRequest {
  readonly taskIds: readonly string[];
  /** Undefined: the protection ends. */
  readonly protectedUntil?: EpochMs;
}

/** What UpdateTaskProtection answers about a task that it did not change. */
export interface ProtectionFailure {
  readonly taskId: string;
  readonly reason: 'MISSING' | 'TASK_NOT_VALID' | 'DEPLOYMENT_BLOCKED';
  readonly detail: string;
}

/**
 * Which of the named tasks get the protection. A service cannot protect more tasks than it wants, because the others
 * would keep a scale-in or a rollout from completing. A protected task can always be prolonged.
 */
export function decideProtection(
  { taskIds, protectedUntil }: ProtectionRequest,
  { tasks, desired, now }: { readonly tasks: readonly ServiceTask[]; readonly desired: number; readonly now: EpochMs },
): { readonly accepted: readonly string[]; readonly failures: readonly ProtectionFailure[] } {
  const byId = new Map(tasks.map((task) => [task.taskId, task]));
  let free = desired - tasks.filter((task) => isProtected(task, now)).length;
  const accepted: string[] = [];
  const failures: ProtectionFailure[] = [];
  for (const taskId of new Set(taskIds)) {
    const task = byId.get(taskId);
    const blocks = protectedUntil !== undefined && task !== undefined && !isProtected(task, now);
    if (task === undefined) failures.push({ taskId, reason: 'MISSING', detail: 'The task has stopped.' });
    else if (task.desiredStatus === 'STOPPED') failures.push({ taskId, reason: 'TASK_NOT_VALID', detail: STOPPING });
    else if (blocks && free <= 0) failures.push({ taskId, reason: 'DEPLOYMENT_BLOCKED', detail: BLOCKED });
    else {
      accepted.push(taskId);
      if (blocks) free -= 1;
    }
  }
  return { accepted, failures };
}

const STOPPING = 'The task is being stopped.';
const BLOCKED = 'As many tasks as the service wants are under protection: one more would block a deployment.';
