/** OwnerSignals over the Temporal client. */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import {
  CAPACITY_CHANGED,
  INSTANCE_NOTICE,
  INSTANCES_CHANGED,
  type InstanceNotice,
} from '../../model/owner-signals.ts';
import type { OwnerSignals } from './owner-signals.ts';

/** Signals go to the workflow id, whatever run is current. */
export function createTemporalSignals(client: Client): OwnerSignals {
  const handle = (workflowId: string) => client.workflow.getHandle(workflowId);
  return {
    signalNotice: (workflowId, notice) =>
      unlessGone(handle(workflowId).signal<[InstanceNotice]>(INSTANCE_NOTICE, notice)),
    signalCapacityChanged: (workflowId) => unlessGone(handle(workflowId).signal(CAPACITY_CHANGED)),
    signalInstancesChanged: (workflowId) => unlessGone(handle(workflowId).signal(INSTANCES_CHANGED)),
  };
}

async function unlessGone(signalled: Promise<void>): Promise<void> {
  try {
    await signalled;
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}
