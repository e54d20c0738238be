/** Tasks that rebalancing started beyond the desired count: once such a task is healthy, another task stops. */
import { isRebalanced } from '../../model/zone-rebalancing.ts';
import type { ClassifiedTask } from './classify.ts';
import { isGood } from './view.ts';
import type { ServiceView } from './view.ts';

export interface MovingTasks {
  /** Not healthy yet: these do not count as too many. */
  readonly arriving: readonly ClassifiedTask[];
  /** Healthy: as many tasks will stop in the fullest zones. */
  readonly arrived: readonly ClassifiedTask[];
}

const NONE: MovingTasks = { arriving: [], arrived: [] };

/**
 * The move ends once the other tasks are not exactly the desired count: scaling, losses and draining come first, and the
 * tasks started for the move count like any others.
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
