/** What the rules of a plan read, made from a snapshot at NOW; and the plans that later rules build on. */
import { OPEN_GATE, type RolloutGate } from '../../scheduler/service/gate.ts';
import { DEFAULT_POLICY, type SchedulerPolicy } from '../../scheduler/service/policy.ts';
import type { StartPlan } from '../../scheduler/service/start-plan.ts';
import type { StopPlan } from '../../scheduler/service/stop-plan.ts';
import { viewService, type ServiceView } from '../../scheduler/service/view.ts';
import { aSnapshot, NOW } from './service-builders.ts';

export type Snapshot = NonNullable<Parameters<typeof aSnapshot>[0]>;

/** A view of the snapshot; `gate` and `policy` differ from an open gate and the default policy by these members. */
export const aView = (
  snapshot: Snapshot = {},
  { gate = {}, policy = {} }: { gate?: Partial<RolloutGate>; policy?: Partial<SchedulerPolicy> } = {},
): ServiceView => ({
  ...viewService(aSnapshot(snapshot), NOW, { ...DEFAULT_POLICY, ...policy }),
  gate: { ...OPEN_GATE, ...gate },
});

/** No task stops. */
export const noStops = ({ current, old }: ServiceView): StopPlan => ({ stop: [], current, old });

/** Nothing starts and nothing stops. */
export const noStarts = (view: ServiceView, changes: Partial<StartPlan> = {}): StartPlan => ({
  start: [],
  stops: noStops(view),
  wanted: 0,
  blocked: false,
  ...changes,
});

/** Ids of the tasks that the plan stops, in order, without their numbers: `old-pending`. */
export const kindsOf = (items: readonly { readonly taskId: string }[]): readonly string[] =>
  items.map(({ taskId }) => taskId.replace(/-\d+$/, ''));
