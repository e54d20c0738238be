/**
 * What workflows carry over continue-as-new: plain JSON, versioned. A round trip through JSON changes nothing. A container
 * instance carries what its reducer calls CarriedInstance: scheduler/instance-owner/state.ts.
 */
import { type Columns, fromColumns, toColumns } from '../model/columns.ts';
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
