/** The workflow types of Longshore, as the worker bundles them. */
export { containerInstanceWorkflow } from './container-instance.ts';
export { runTaskWorkflow } from './run-task.ts';
export { serviceWorkflow } from './service.ts';
