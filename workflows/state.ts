/** What workflows carry over continue-as-new: plain JSON, versioned. A round trip through JSON changes nothing. */
import { type Columns, fromColumns, toColumns } from '../model/columns.ts';
import type { CallCause } from '../model/decision.ts';
import type { InstanceStatus } from '../model/status.ts';
import type { EpochMs } from '../model/time.ts';
import type { OwnedTask } from '../scheduler/owner/owned-task.ts';
import type { ProvisioningWait } from '../scheduler/owner/provisioning.ts';
import type { CarriedServiceState, ServiceOwnedTask } from '../scheduler/service/state.ts';
import type { RunTaskCommand, RunTaskOutcome } from './messages.ts';

/** A service that continues in a new run. */
export interface CarriedService {
  readonly state: CarriedServiceState;
  readonly tasks: readonly ServiceOwnedTask[];
  /** While tasks wait in PROVISIONING. */
  readonly provisioning?: ProvisioningWait;
}

/** As it crosses continue-as-new. */
export interface PackedService extends Omit<CarriedService, 'tasks'> {
  readonly tasks: Columns;
}

export const packService = ({ tasks, ...rest }: CarriedService): PackedService => ({
  ...rest,
  tasks: toColumns(tasks),
});
export const unpackService = ({ tasks, ...rest }: PackedService): CarriedService => ({
  ...rest,
  tasks: fromColumns(tasks) as unknown as readonly ServiceOwnedTask[],
});

/** A RunTask or StartTask call that continues in a new run. */
export interface CarriedRunTask {
  readonly version: 1;
  readonly command: RunTaskCommand;
  readonly outcome: RunTaskOutcome;
  readonly tasks: readonly OwnedTask[];
  readonly provisioning?: ProvisioningWait;
}

export interface InstanceState {
  readonly version: 1;
  status: InstanceStatus;
  agentConnected: boolean;
  /** The agent's present session; empty while no agent has registered, or after the instance was given up. */
  sessionId: string;
  /** The session of which the owners of its tasks know that it has begun. */
  toldOfSession?: string;
  /** Its tasks were given up since the agent was last heard. */
  givenUp: boolean;
  /** When an agent registered after the instance was given up: launches that were ordered before are void. */
  ordersFrom?: EpochMs;
  registeredAt: EpochMs;
  recordVersion: number;
  /** After the notice of a spot interruption: when the tasks that are left are stopped. */
  stopTasksAt?: EpochMs;
  /** The call that gave the notice. */
  interruptedBy?: CallCause;
}
