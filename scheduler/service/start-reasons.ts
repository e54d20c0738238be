/** Why tasks of the PRIMARY deployment start: the gaps that they fill, the most certain cause first. */
import type { StartReason } from '../../model/decision.ts';
import type { StartDecision } from './types.ts';
import type { ServiceView } from './view.ts';

/**
 * Divides `count` starts among the present causes: unhealthy tasks, stopped tasks, tasks on DRAINING instances. The rest
 * belongs to the rollout, or else to scaling out.
 */
export function startReasons(view: ServiceView, count: number, unhealthy: number): StartDecision['because'] {
  const draining = view.current.filter(({ bucket }) => bucket === 'draining').length;
  const causes: readonly (readonly [StartReason, number])[] = [
    ['replaceUnhealthy', unhealthy],
    ['replaceStopped', view.snapshot.lostTasks?.[view.primary?.deploymentId ?? ''] ?? 0],
    ['replaceDraining', draining],
    [view.primary?.rolloutState === 'IN_PROGRESS' ? 'rollout' : 'scaleOut', count],
  ];
  let left = count;
  return causes.flatMap(([reason, most]) => {
    const share = Math.min(left, most);
    left -= share;
    return share > 0 ? [{ reason, count: share }] : [];
  });
}
