/** Events: as they are recorded, and as EventBridge delivers them. */
import type { CountedInstance } from './container-instance.ts';
import type { ServiceActionRecord } from './service-action.ts';
import type { Task } from './task.ts';
import type { EpochMs } from './time.ts';

/** Longshore's name for an event's kind, and the detail-type that readers know. */
export const DETAIL_TYPES = {
  task: 'ECS Task State Change',
  'container-instance': 'ECS Container Instance State Change',
  'service-action': 'ECS Service Action',
  deployment: 'ECS Deployment State Change',
} as const;

export type EventKind = keyof typeof DETAIL_TYPES;
export const EVENT_KINDS = Object.keys(DETAIL_TYPES) as readonly EventKind[];

export const EVENT_SOURCE = 'aws.ecs';

/** One event. Positions rise; those of one resource's events in the order of its changes. Not every number is used. */
export type StoredEvent = {
  readonly position: number;
  /** A UUID. */
  readonly id: string;
  readonly at: EpochMs;
  readonly clusterName: string;
} & (
  | { readonly kind: 'task'; readonly task: Task; readonly cpuArchitecture?: string }
  | { readonly kind: 'container-instance'; readonly instance: CountedInstance }
  | {
      readonly kind: 'service-action' | 'deployment';
      readonly serviceName: string;
      readonly action: ServiceActionRecord;
    }
);

/** As EventBridge delivers it. Plain JSON: times in the detail are ISO texts. */
export interface EventEnvelope {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': (typeof DETAIL_TYPES)[EventKind];
  readonly source: typeof EVENT_SOURCE;
  readonly account: string;
  /** To the second, as EventBridge writes it. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}
