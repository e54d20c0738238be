/** Compares what a plan does, by side and number, so that a row of a table shows only the decision. */
import { expect } from 'vitest';
import { planService } from '../../scheduler/reconcile/plan-service.ts';
import type { ServicePlan, ServiceSnapshot } from '../../scheduler/service/types.ts';
import { NEW_ID, NOW, OLD_ID } from './service-builders.ts';

export interface ExpectedPlan {
  readonly startNew?: number;
  readonly startOld?: number;
  /** Ids of the stopped tasks without their numbers, sorted: `new-pending`, `old-healthy`. */
  readonly stop?: readonly string[];
}

const startsOf = (plan: ServicePlan, deploymentId: string): number =>
  plan.start.filter((start) => start.deploymentId === deploymentId).reduce((sum, { count }) => sum + count, 0);

export const stopKinds = (plan: ServicePlan): readonly string[] =>
  plan.stop.map(({ taskId }) => taskId.replace(/-\d+$/, '')).sort();

/** Plans the snapshot at NOW and compares. An absent member of `expected` means none. */
export function expectPlan(snapshot: ServiceSnapshot, expected: ExpectedPlan): ServicePlan {
  const plan = planService(snapshot, NOW);
  expect({ startNew: startsOf(plan, NEW_ID), startOld: startsOf(plan, OLD_ID), stop: stopKinds(plan) }).toEqual({
    startNew: expected.startNew ?? 0,
    startOld: expected.startOld ?? 0,
    stop: [...(expected.stop ?? [])].sort(),
  });
  return plan;
}
