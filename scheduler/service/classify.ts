/** Puts every task of a service into exactly one bucket, before any decision. */
import { isBeforeRunning, statusRank } from '../../model/status.ts';
import type { EpochMs } from '../../model/time.ts';
import type { SchedulerPolicy } from './policy.ts';
import type { ServiceSnapshot, ServiceTask } from './types.ts';

export type TaskBucket =
  /** Stopping already; nothing more is decided about it. */
  | 'stopping'
  /** On a DRAINING instance and not RUNNING yet: stopped at once. */
  | 'drainingPending'
  /** RUNNING on a DRAINING instance: replaced within the bounds. */
  | 'draining'
  | 'pending'
  /** UNHEALTHY, but health checks do not count yet (healthCheckGracePeriodSeconds). Not healthy either. */
  | 'unhealthyInGrace'
  | 'unhealthy'
  | 'healthy'
  /** RUNNING, but does not count as healthy yet. */
  | 'settling';

export interface ClassifiedTask {
  readonly task: ServiceTask;
  readonly bucket: TaskBucket;
  /** Counts towards minimumHealthyPercent. A draining task may count. */
  readonly healthy: boolean;
}

/** The facts that the rules need besides the task. */
interface Surroundings {
  readonly now: EpochMs;
  readonly graceMs: number;
  readonly healthyAfterRunningMs: number;
  readonly draining: ReadonlySet<string>;
}

/** When a RUNNING task began to run. */
export const runningSince = (task: ServiceTask): EpochMs => task.startedAt ?? task.createdAt;

/** RUNNING, and healthy if it has a health check: what steady state and completion require of a task. */
export const isReady = (task: ServiceTask): boolean =>
  task.lastStatus === 'RUNNING' &&
  (task.hasHealthCheck ? task.healthStatus === 'HEALTHY' : task.healthStatus !== 'UNHEALTHY');

function isHealthy(task: ServiceTask, around: Surroundings): boolean {
  if (!isReady(task)) return false;
  return task.hasHealthCheck || around.now - runningSince(task) >= around.healthyAfterRunningMs;
}

type Rule = readonly [TaskBucket, (task: ServiceTask, around: Surroundings) => boolean];

/** In this order; the first rule that applies names the bucket. */
const RULES: readonly Rule[] = [
  ['stopping', (task) => task.desiredStatus === 'STOPPED' || statusRank(task.lastStatus) > statusRank('RUNNING')],
  ['drainingPending', (task, at) => at.draining.has(task.containerInstanceId) && isBeforeRunning(task.lastStatus)],
  ['draining', (task, at) => at.draining.has(task.containerInstanceId)],
  ['pending', (task) => isBeforeRunning(task.lastStatus)],
  ['unhealthyInGrace', (task, at) => task.healthStatus === 'UNHEALTHY' && at.now - runningSince(task) < at.graceMs],
  ['unhealthy', (task) => task.healthStatus === 'UNHEALTHY'],
  ['healthy', isHealthy],
];

/** All tasks of the snapshot with their buckets, in the snapshot's order. */
export function classifyTasks(
  snapshot: ServiceSnapshot,
  now: EpochMs,
  policy: SchedulerPolicy,
): readonly ClassifiedTask[] {
  const around: Surroundings = {
    now,
    graceMs: snapshot.definition.healthCheckGracePeriodSeconds * 1000,
    healthyAfterRunningMs: policy.healthyAfterRunningMs,
    draining: new Set(snapshot.drainingInstanceIds),
  };
  return snapshot.tasks.map((task) => {
    const bucket = RULES.find(([, applies]) => applies(task, around))?.[0] ?? 'settling';
    const healthy = bucket === 'healthy' || (bucket === 'draining' && isHealthy(task, around));
    return { task, bucket, healthy };
  });
}
