/** OwnerSignals over the Temporal client. */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { capacityChangedSignal, instanceNoticeSignal, instancesChangedSignal } from '../../workflows/messages.ts';
import type { OwnerSignals } from './owner-signals.ts';

/** Signals go to the workflow id, whichever run holds it. */
export function createTemporalSignals(client: Client): OwnerSignals {
  const handle = (workflowId: string) => client.workflow.getHandle(workflowId);
  return {
    signalNotice: (workflowId, notice) => unlessGone(handle(workflowId).signal(instanceNoticeSignal, notice)),
    signalCapacityChanged: (workflowId) => unlessGone(handle(workflowId).signal(capacityChangedSignal)),
    signalInstancesChanged: (workflowId) => unlessGone(handle(workflowId).signal(instancesChangedSignal)),
  };
}

async function unlessGone(signalled: Promise<void>): Promise<void> {
  try {
    await signalled;
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}
