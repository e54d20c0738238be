/** How control activities reach the workflows that own tasks. An owner that is gone counts as reached. */
import type { InstanceNotice } from '../../model/owner-signals.ts';

export interface OwnerSignals {
  /** Rejects if Temporal cannot be reached. */
  signalNotice(workflowId: string, notice: InstanceNotice): Promise<void>;
  signalCapacityChanged(workflowId: string): Promise<void>;
  signalInstancesChanged(workflowId: string): Promise<void>;
}
