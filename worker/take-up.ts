/** What the rows hold of one owner, for its run that has lost the call it was started for. */
import type { LostOwners } from '../activities/control/types.ts';
import type { Store } from '../store/types.ts';
import { serviceWorkflowId } from '../workflows/messages.ts';
import { packService } from '../workflows/state.ts';
import { carriedRunTask, carriedService } from './carried-state.ts';
import { DefinitionReader } from './definition-reader.ts';

export function createTakeUp(store: Store): LostOwners {
  const definitionsOf = (arns: readonly string[]) => new DefinitionReader(store).read(arns);
  return {
    takeUpService: async ({ clusterName, serviceName }) => {
      const [record] = await store.getServices(clusterName, [serviceName]);
      if (record === undefined || record.status === 'INACTIVE') return null;
      const tasks = await store.listLiveTasks(serviceWorkflowId(clusterName, serviceName));
      const instances = tasks.length === 0 ? [] : await store.listLiveInstances();
      const draining = instances.filter(({ status }) => status === 'DRAINING');
      const definitions = await definitionsOf(record.deployments.map((deployment) => deployment.taskDefinitionArn));
      return packService(carriedService({ record, tasks, definitions, draining }));
    },
    takeUpRunTask: async ({ ownerWorkflowId }) => {
      const tasks = await store.listLiveTasks(ownerWorkflowId);
      const [definition] = await definitionsOf(tasks.slice(0, 1).map((task) => task.taskDefinitionArn));
      return definition === undefined ? null : carriedRunTask(tasks, definition);
    },
  };
}
