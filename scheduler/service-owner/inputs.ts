/** What the owner of a service is told, and what it wants done. */
import type { SnapshotRequest } from '../../model/capacity.ts';
import type {
  ChangeTaskSetCommand,
  ContinueServiceDeploymentCommand,
  CreateServiceCommand,
  CreateTaskSetCommand,
  DeleteServiceCommand,
  ProtectTasksCommand,
  ProtectTasksOutcome,
  StopServiceDeploymentCommand,
  StopTaskCommand,
  UpdateServiceCommand,
} from '../../model/commands.ts';
import type { InstanceNotice } from '../../model/owner-signals.ts';
import type { DaemonLook, DaemonLookRequest } from '../../model/daemon.ts';
import type { CallCause, PlacementExplanation } from '../../model/decision.ts';
import type { RolloutRecord } from '../../model/owner-record.ts';
import type { ServiceAction } from '../../model/service-action.ts';
import type { Task, TaskReport } from '../../model/task.ts';
import type { EpochMs } from '../../model/time.ts';
import type { OwnerEffect, Reduced } from '../owner/effects.ts';
import type { ProvisioningInput } from '../owner/provisioning.ts';
import type { PlacementRequest, Refusal } from '../placement/types.ts';
import type { ZoneRoom } from '../rebalance/zone-room.ts';
import type { InstanceFacts, ServicePlan, StartDecision } from '../service/types.ts';
import type { ServiceOwnedTask, ServiceState } from '../service/state.ts';

/** A call of the API. The answer of `createTaskSet` and `protectTasks` is in the reduced value. */
export type ServiceCall =
  /** The service exists already. */
  | { readonly kind: 'createAgain'; readonly command: CreateServiceCommand }
  | { readonly kind: 'update'; readonly command: UpdateServiceCommand }
  | { readonly kind: 'delete'; readonly command: DeleteServiceCommand }
  | { readonly kind: 'stopDeployment'; readonly command: StopServiceDeploymentCommand }
  | { readonly kind: 'continueDeployment'; readonly command: ContinueServiceDeploymentCommand }
  | { readonly kind: 'createTaskSet'; readonly command: CreateTaskSetCommand }
  | { readonly kind: 'changeTaskSet'; readonly command: ChangeTaskSetCommand }
  | { readonly kind: 'stopTask'; readonly command: StopTaskCommand }
  | { readonly kind: 'protectTasks'; readonly command: ProtectTasksCommand };

export type ServiceInput =
  | ServiceCall
  /** The call that created it. */
  | { readonly kind: 'created'; readonly cause?: CallCause }
  /** What agents saw of tasks. */
  | { readonly kind: 'reports'; readonly reports: readonly TaskReport[] }
  | { readonly kind: 'notice'; readonly notice: InstanceNotice }
  /** An instance of the cluster appeared, went, or is not what it was: for DAEMON services. */
  | { readonly kind: 'instancesChanged'; readonly cause?: CallCause }
  /** Capacity appeared. */
  | { readonly kind: 'capacityChanged' }
  /** Nothing was heard until the time that was waited for. */
  | { readonly kind: 'time' }
  /** A run of the workflow begins: what is in flight is ordered again. */
  | { readonly kind: 'resume' }
  /** A round begins: what changes from here on asks for another one. */
  | { readonly kind: 'round' }
  /** The round's plan, with the facts that it asked for so far. It is carried out, or asks for a fact first. */
  | { readonly kind: 'plan'; readonly facts: ServiceFacts }
  /** A DAEMON service has looked at the instances. */
  | { readonly kind: 'looked'; readonly look: DaemonLook; readonly question: string; readonly at: EpochMs }
  /** What became of a start. */
  | { readonly kind: 'placed'; readonly placed: PlacedStart }
  | ProvisioningInput<ServiceOwnedTask>
  /** Something could not be done as it was; `what` completes "(service web) ". */
  | { readonly kind: 'failed'; readonly what: string };

/** Read from the store for one plan. */
export interface ServiceFacts {
  readonly instances?: InstanceFacts;
  /** Of the cluster's ACTIVE instances. */
  readonly zones?: readonly string[];
  /** Where the service's tasks could move. */
  readonly rooms?: readonly ZoneRoom[];
}

/** A fact that a plan asks for. */
export type ServiceNeed =
  | { readonly kind: 'instances'; readonly request: SnapshotRequest }
  | { readonly kind: 'look'; readonly request: DaemonLookRequest; readonly question: string }
  | { readonly kind: 'zones'; readonly clusterName: string }
  | {
      readonly kind: 'rooms';
      readonly clusterName: string;
      readonly requests: readonly PlacementRequest[];
      readonly most: number;
    };

export type ServiceEffect =
  | OwnerEffect
  /** The service's row as it is now, with what is new in its history. */
  | { readonly kind: 'row'; readonly state: ServiceState; readonly rollout?: RolloutRecord }
  | { readonly kind: 'event'; readonly message: string }
  | { readonly kind: 'action'; readonly action: ServiceAction }
  | { readonly kind: 'need'; readonly need: ServiceNeed }
  | {
      readonly kind: 'start';
      readonly start: StartDecision;
      readonly bounds: ServicePlan['bounds'];
      /** The last one of its plan. */
      readonly isLast: boolean;
    };

/** How far a start came. */
export interface PlacedStart {
  readonly start: StartDecision;
  readonly request: PlacementRequest;
  /** Rows that hold their places now, or wait in PROVISIONING. */
  readonly tasks: readonly Task[];
  /** Why the rest found no place. */
  readonly refusal?: Refusal;
  /** Tasks that may not even wait. */
  readonly beyondQuota: number;
  /** Of the last attempt to place. */
  readonly explanation?: PlacementExplanation;
  readonly isLast: boolean;
}

export interface ServiceReduced extends Reduced<ServiceState, ServiceEffect> {
  /** What the caller of `createTaskSet` is answered. */
  readonly taskSetId?: string;
  /** What the caller of `protectTasks` is answered. */
  readonly protection?: ProtectTasksOutcome;
  /** The plan that was carried out. */
  readonly plan?: ServicePlan;
}
