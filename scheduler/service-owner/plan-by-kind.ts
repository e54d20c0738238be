/** Picks the planner for the service's kind. Pure. */
import { isExternal } from '../../model/task-set.ts';
import type { EpochMs } from '../../model/time.ts';
import { planService } from '../reconcile/plan-service.ts';
import type { ServicePlan, ServiceSnapshot } from '../service/types.ts';
import { planTaskSets } from '../task-sets/plan-task-sets.ts';

/** What to do now for a service of any kind. */
export function planByKind(snapshot: ServiceSnapshot, now: EpochMs): ServicePlan {
  return isExternal(snapshot.definition) ? planTaskSets(snapshot, now) : planService(snapshot, now);
}
