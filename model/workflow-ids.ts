/** Workflow ids are made from business ids, so that a retried call finds the same workflow. */

export const serviceWorkflowId = (cluster: string, service: string): string => `service/${cluster}/${service}`;
/** `token`: the caller's clientToken (RunTask), or a fresh UUID. */
export const runTaskWorkflowId = (cluster: string, token: string): string => `run-task/${cluster}/${token}`;
export const containerInstanceWorkflowId = (cluster: string, id: string): string =>
  `container-instance/${cluster}/${id}`;

/** Workflow types, as registered with Temporal. */
export const SERVICE_WORKFLOW = 'serviceWorkflow';
export const RUN_TASK_WORKFLOW = 'runTaskWorkflow';
export const CONTAINER_INSTANCE_WORKFLOW = 'containerInstanceWorkflow';
