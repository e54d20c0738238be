/** Each task, service and instance that has not ended has a workflow that owns it. */
import { containerInstanceWorkflowId, serviceWorkflowId } from '../../model/workflow-ids.ts';
import type { Check } from './check.ts';

export const knownOwners: Check = {
  name: 'owners',
  check({ world, now }) {
    const missing: string[] = [];
    const seen = new Set<string>();
    const require = (workflowId: string, what: string): void => {
      if (seen.has(workflowId) || world.temporal.isRunning(workflowId)) return;
      seen.add(workflowId);
      missing.push(`${what} has no workflow ${workflowId}`);
    };
    for (const task of now.tasks.values())
      if (task.lastStatus !== 'STOPPED') require(task.ownerWorkflowId, `task ${task.taskId} (${task.lastStatus})`);
    for (const { definition } of now.services.values())
      require(serviceWorkflowId(definition.clusterName, definition.serviceName), `service ${definition.serviceName}`);
    for (const { clusterName, containerInstanceId, status } of now.instances.values())
      if (status !== 'INACTIVE')
        require(containerInstanceWorkflowId(clusterName, containerInstanceId), `instance ${containerInstanceId}`);
    return missing;
  },
};
