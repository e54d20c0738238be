/** A task that runs on an instance, of that owner. */
import type { ExpectedTask } from '../../model/container-instance.ts';

export const expectedTask = (ownerWorkflowId: string): ExpectedTask => ({
  taskId: `task-of-${ownerWorkflowId}`,
  ownerWorkflowId,
  lastStatus: 'RUNNING',
  desiredStatus: 'RUNNING',
});
