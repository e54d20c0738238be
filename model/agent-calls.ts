/** What an agent calls at the agent door once it has joined. The messages are JSON. */
import type { ExpectedWork, InstanceRegistration } from './container-instance.ts';
import type { TaskReport } from './task.ts';

/**
 * The namespace that agents name to Temporal. The door puts the control plane's own in its place, so that an agent neither
 * knows nor chooses it.
 */
export const AGENT_NAMESPACE = 'longshore';

/** The names of the calls. RegisterInstance takes an InstanceRegistration and answers ExpectedWork; IsRegistered takes an empty object. */
export const REGISTER_INSTANCE = 'RegisterInstance';
export const ANNOUNCE_AGENT = 'AnnounceAgent';
export const IS_REGISTERED = 'IsRegistered';
export const IS_ATTENDED = 'IsAttended';
export const REPORT_TASKS = 'ReportTasks';

/** Answered with an empty object. */
export interface AnnounceAgent {
  readonly sessionId: string;
}

export interface IsRegisteredAnswer {
  readonly isRegistered: boolean;
}

export interface IsAttended {
  readonly sessionId: string;
}

export interface IsAttendedAnswer {
  readonly isAttended: boolean;
}

/** Reports on tasks of one owner. */
export interface ReportTasks {
  readonly ownerWorkflowId: string;
  readonly reports: readonly TaskReport[];
}

export interface ReportTasksAnswer {
  /** `gone`: the owner is gone, or no record is left of any of the tasks. */
  readonly outcome: 'delivered' | 'gone';
  /** Ids of the tasks whose reports were refused: this instance or this owner does not have them. */
  readonly refused: readonly string[];
}

/** Names a container instance. */
export interface InstanceName {
  readonly clusterName: string;
  readonly containerInstanceId: string;
}

/**
 * What the agent of a container instance asks of the control plane. Calls reject when the control plane is out of reach, and
 * may then be repeated.
 */
export interface InstanceControl {
  /**
   * Registers the instance, new or known. Resolves to the tasks that the control plane expects on it. Rejects with
   * InstanceRefused.
   */
  register(registration: InstanceRegistration): Promise<ExpectedWork>;
  /** Tells the instance's workflow that this agent has reconciled its tasks and takes work. */
  announce(instance: InstanceName & { readonly sessionId: string }): Promise<void>;
  /**
   * Whether the instance's workflow has heard this session and counts no silence. It has taken in all that it was told before the
   * question.
   */
  isAttended(instance: InstanceName & { readonly sessionId: string }): Promise<boolean>;
  /** False when the instance was deregistered, which ends its workflow. */
  isRegistered(instance: InstanceName): Promise<boolean>;
  /** Delivers reports to the current run of the tasks' owner. `gone`: nobody is left to whom they matter. */
  sendReports(ownerWorkflowId: string, reports: readonly TaskReport[]): Promise<'delivered' | 'gone'>;
}

/** The control plane refuses the container instance for good, such as for an unknown cluster. The message says why. */
export class InstanceRefused extends Error {
  override readonly name = 'InstanceRefused';
}
