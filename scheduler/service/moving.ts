/** Tasks that a rebalancing started beyond the desired count: each stays until it is healthy, then another one goes. */
import { isRebalanced } from '../../model/zone-rebalancing.ts';
import type { ClassifiedTask } from './classify.ts';
import { isGood } from './view.ts';
import type { ServiceView } from './view.ts';

export interface MovingTasks {
  /** Not healthy yet: not counted as too many. */
  readonly arriving: readonly ClassifiedTask[];
  /** Healthy: as many are to go where most are. */
  readonly arrived: readonly ClassifiedTask[];
}

const NONE: MovingTasks = { arriving: [], arrived: [] };

/**
 * Nothing moves any more once the others are not just the desired count: scaling, losses and draining come first, and
 * what was started for the move is a task like any other.
 */
export function movingTasks(view: ServiceView): MovingTasks {
  const { movingIds = [], definition } = view.snapshot;
  if (movingIds.length === 0 || !isRebalanced(definition)) return NONE;
  const ids = new Set(movingIds);
  const good = view.current.filter(isGood);
  const moving = good.filter(({ task }) => ids.has(task.taskId));
  if (good.length - moving.length !== view.desired) return NONE;
  return {
    arriving: moving.filter(({ bucket }) => bucket !== 'healthy'),
    arrived: moving.filter(({ bucket }) => bucket === 'healthy'),
  };
}
