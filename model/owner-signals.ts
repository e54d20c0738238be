/** What owners of tasks are told by signals: activities send them by name, workflows/messages.ts gives the names their types. */
import type { CallCause } from './decision.ts';
import type { StopCode } from './status.ts';

export const INSTANCE_NOTICE = 'instanceNotice';
export const CAPACITY_CHANGED = 'capacityChanged';
export const INSTANCES_CHANGED = 'instancesChanged';

/** From the container-instance workflow to owners of tasks on the instance; `cause`: the call that brought it about. */
export interface InstanceNotice {
  readonly cause?: CallCause;
  readonly containerInstanceId: string;
  /**
   * draining / active: its status changed. returned: its agent is back with no memory of work under way: issue again what is in flight.
   * interrupted: the time after a spot interruption's notice is over; its tasks stop now.
   * lost: given up or deregistered; its tasks are STOPPED as of now, with this reason and code.
   */
  readonly kind: 'draining' | 'active' | 'returned' | 'interrupted' | 'lost';
  /** With draining: because of a spot interruption. */
  readonly bySpotInterruption?: boolean;
  readonly stoppedReason?: string;
  /** With lost; default TerminationNotice. */
  readonly stopCode?: StopCode;
}
