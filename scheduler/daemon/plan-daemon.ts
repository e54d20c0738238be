/** What a DAEMON service does now: one task on each eligible instance, never two. */
import { fallback, isFailing, owedByOld } from '../service/start-plan.ts';
import type { StartPlan } from '../service/start-plan.ts';
import { startReasons } from '../service/start-reasons.ts';
import type { DaemonInstances, ServiceSnapshot, StartDecision } from '../service/types.ts';
import { isGivenUp } from '../service/view.ts';
import type { ServiceView } from '../service/view.ts';
import { planDaemonStops } from './plan-daemon-stops.ts';

/**
 * The snapshot for the rest of the scheduler: the desired count is the number of eligible instances, and a task that no
 * longer belongs on its instance counts like one on a DRAINING instance.
 */
export function asDaemon(snapshot: ServiceSnapshot): ServiceSnapshot {
  const { daemon } = snapshot;
  if (daemon === undefined) return snapshot;
  return {
    ...snapshot,
    definition: { ...snapshot.definition, desiredCount: daemon.eligible.length },
    drainingInstanceIds: [...daemon.draining, ...daemon.violating],
  };
}

/** Eligible instances without any task, even a stopping one. */
function missingOn(view: ServiceView, { eligible }: DaemonInstances): readonly string[] {
  const taken = new Set(view.snapshot.tasks.map((task) => task.containerInstanceId));
  return eligible.filter((id) => !taken.has(id));
}

interface Start {
  readonly deploymentId: string | undefined;
  readonly instanceIds: readonly string[];
  readonly because: StartDecision['because'];
}

const startOn = ({ deploymentId, instanceIds, because }: Start): readonly StartDecision[] =>
  deploymentId === undefined || instanceIds.length === 0
    ? []
    : [{ deploymentId, count: instanceIds.length, replaces: [], because, instanceIds }];

/** Starts and stops while the service is there. A refused place holds back that instance alone, start failures hold back all. */
export function planDaemon(view: ServiceView, daemon: DaemonInstances): StartPlan {
  const { snapshot, now, primary } = view;
  const stops = planDaemonStops(view, daemon);
  const missing = missingOn(view, daemon);
  const refused = (snapshot.placementRetryAt ?? 0) > now ? new Set(daemon.refused) : new Set<string>();
  const throttledUntil = snapshot.throttle.nextLaunchAt ?? 0;
  const free = throttledUntil > now ? [] : missing.filter((id) => !refused.has(id));
  const owed = isFailing(view) ? Math.min(free.length, owedByOld(view, stops, 0)) : 0;
  const idle = isGivenUp(view) || view.gate.holdsStarts;
  const current = idle ? [] : free.slice(owed);
  return {
    start: [
      ...startOn({
        deploymentId: primary?.deploymentId,
        instanceIds: current,
        because: startReasons(view, current.length, 0),
      }),
      ...startOn({
        deploymentId: fallback(view)?.deploymentId,
        instanceIds: free.slice(0, owed),
        because: [{ reason: 'restoreOld', count: owed }],
      }),
    ],
    stops,
    wanted: idle ? 0 : missing.length,
    blocked: !idle && stops.old.some(({ bucket }) => bucket !== 'draining'),
    wakeAt: [daemon.lookAgainAt, ...(missing.length > 0 ? [throttledUntil] : [])],
  };
}
