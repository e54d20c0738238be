/** Every operation that Longshore implements: one folder each, one line here. All others answer that they are not supported. */
import type { Operation } from '../operation.ts';
import { createService } from './create-service/handler.ts';
import { deleteService } from './delete-service/handler.ts';
import { deregisterContainerInstance } from './deregister-container-instance/handler.ts';
import { describeContainerInstances } from './describe-container-instances/handler.ts';
import { describeServices } from './describe-services/handler.ts';
import { describeTasks } from './describe-tasks/handler.ts';
import { listClusters } from './list-clusters/handler.ts';
import { listContainerInstances } from './list-container-instances/handler.ts';
import { listServices } from './list-services/handler.ts';
import { listTasks } from './list-tasks/handler.ts';
import { registerContainerInstance } from './register-container-instance/handler.ts';
import { runTask } from './run-task/handler.ts';
import { startTask } from './start-task/handler.ts';
import { stopTask } from './stop-task/handler.ts';
import { updateContainerInstancesState } from './update-container-instances-state/handler.ts';
import { updateService } from './update-service/handler.ts';

export const operations: readonly Operation[] = [
  // clusters
  listClusters,
  // tasks
  runTask,
  startTask,
  stopTask,
  describeTasks,
  listTasks,
  // services
  createService,
  updateService,
  describeServices,
  listServices,
  deleteService,
  // container instances
  registerContainerInstance,
  deregisterContainerInstance,
  describeContainerInstances,
  listContainerInstances,
  updateContainerInstancesState,
];
