/** What owners write about their tasks, services and instances. Every write carries a version; a repeat changes nothing. */
import type { AgentUpdateStatus } from './agent-update.ts';
import type { InstanceRegistration } from './container-instance.ts';
import type { Decision } from './decision.ts';
import type { ServiceEvent, ServiceRecord } from './service.ts';
import type { ServiceActionRecord } from './service-action.ts';
import type { ServiceDeployment, ServiceRevision } from './service-deployment.ts';
import type { InstanceStatus } from './status.ts';
import type { TaskPatch } from './task.ts';
import type { EpochMs } from './time.ts';

/** What one owner of tasks writes, in its order. Applied in one transaction. */
export interface OwnerRecord {
  readonly clusterName: string;
  readonly tasks: readonly TaskPatch[];
  readonly service?: ServiceRecord;
  /** New entries of the service's history; with `service` only. */
  readonly rollout?: RolloutRecord;
  readonly events: readonly ServiceEvent[];
  /** With `service` only, like events: a write of a version that the row already has adds none. */
  readonly actions?: readonly ServiceActionRecord[];
  /** Decisions, each stored once by its id; a repeat with a higher count replaces the earlier record. */
  readonly decisions?: readonly Decision[];
}

export interface RolloutRecord {
  readonly serviceDeployments: readonly ServiceDeployment[];
  readonly serviceRevisions: readonly ServiceRevision[];
}

/** A change of an instance's row by its workflow. */
export interface InstanceRecord {
  readonly clusterName: string;
  readonly containerInstanceId: string;
  readonly version: number;
  readonly status?: InstanceStatus;
  readonly statusReason?: string;
  /** With a status: when the remaining tasks stop after the notice of a spot interruption. */
  readonly stopTasksAt?: EpochMs;
  readonly agentConnected?: boolean;
  readonly agentUpdateStatus?: AgentUpdateStatus;
  /** Registration facts, at registration and at each return of the agent. */
  readonly registration?: InstanceRegistration;
  readonly registeredAt?: EpochMs;
  readonly decisions?: readonly Decision[];
}
