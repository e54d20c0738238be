/**
 * Starts owners again that the store knows and Temporal does not, because its data was lost or somebody terminated
 * them. Running containers are not touched; their agents report to the new runs. If nothing is lost, this only looks.
 */
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { CONTROL_TASK_QUEUE } from '../model/container-instance.ts';
import { groupBy } from '../model/group-by.ts';
import type { LiveOwners } from '../store/contract/owners.ts';
import type { Store } from '../store/contract/store.ts';
import {
  CONTAINER_INSTANCE_WORKFLOW,
  containerInstanceWorkflowId,
  RUN_TASK_WORKFLOW,
  SERVICE_WORKFLOW,
  serviceWorkflowId,
} from '../model/workflow-ids.ts';
import { packService } from '../workflows/state.ts';
import { carriedInstance, carriedRunTask, carriedService } from './carried-state.ts';
import { DefinitionReader } from './definition-reader.ts';

/** A workflow to start with the state that it would have carried over continue-as-new. */
interface LostWorkflow {
  readonly workflowType: string;
  readonly workflowId: string;
  readonly args: readonly [input: object, carried: object];
  /**
   * Asked once Temporal has said that the workflow does not run: it may have ended in order since the rows were read.
   */
  readonly isStillLive: () => Promise<boolean>;
  readonly before?: () => Promise<void>;
}

/** How many workflows are started at the same time. */
const AT_A_TIME = 16;

export interface RebuildOptions {
  readonly client: Client;
  readonly store: Store;
  readonly logger: Logger;
}

/**
 * Returns how many workflows were started. Several workers may do this at once: the first start of an id wins. It
 * seldom finds anything, so it first reads only the names.
 */
export async function rebuildLostWorkflows(options: RebuildOptions): Promise<number> {
  const { client, store } = options;
  const [isRunning, names] = await Promise.all([runningWorkflows(client), store.listOwners()]);
  if (await allRun(names, isRunning)) return 0;
  const { owners, instances } = await knownWorkflows(store);
  // An instance may have news for the owners of its tasks at once, so the owners must exist first.
  return (await startLost(owners, isRunning, options)) + (await startLost(instances, isRunning, options));
}

async function allRun({ services, ofTasks, instances }: LiveOwners, isRunning: IsRunning): Promise<boolean> {
  const workflowIds = new Set([
    ...services.map(({ clusterName, serviceName }) => serviceWorkflowId(clusterName, serviceName)),
    ...ofTasks,
    ...instances.map((instance) => containerInstanceWorkflowId(instance.clusterName, instance.containerInstanceId)),
  ]);
  for (const workflowId of workflowIds) if (!(await isRunning(workflowId))) return false;
  return true;
}

async function startLost(
  workflows: readonly LostWorkflow[],
  isRunning: IsRunning,
  options: RebuildOptions,
): Promise<number> {
  const waiting = [...workflows];
  let started = 0;
  const work = async (): Promise<void> => {
    for (let next = waiting.pop(); next; next = waiting.pop())
      if (!(await isRunning(next.workflowId)) && (await start(next, options))) started += 1;
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return started;
}

async function start(workflow: LostWorkflow, { client, logger }: RebuildOptions): Promise<boolean> {
  const { workflowType, workflowId, args } = workflow;
  if (!(await workflow.isStillLive())) return false;
  await workflow.before?.();
  try {
    await client.workflow.start(workflowType, { workflowId, taskQueue: CONTROL_TASK_QUEUE, args: [...args] });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
  logger.warn({ workflowId }, 'Temporal did not have this workflow; started it again from the store');
  return true;
}

type IsRunning = (workflowId: string) => Promise<boolean>;

/**
 * Asking about thousands of owners one by one would delay the start, so Temporal's list names most of them. The list
 * lags a little: owners that it does not name are asked about, and one that it names although it has just ended is
 * found by the next look.
 */
async function runningWorkflows(client: Client): Promise<IsRunning> {
  const listed = new Set<string>();
  for await (const { workflowId } of client.workflow.list({ query: "ExecutionStatus = 'Running'" }))
    listed.add(workflowId);
  return async (workflowId) => {
    if (listed.has(workflowId)) return true;
    try {
      const { status } = await client.workflow.getHandle(workflowId).describe();
      return status.name === 'RUNNING';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  };
}

interface KnownWorkflows {
  readonly owners: readonly LostWorkflow[];
  readonly instances: readonly LostWorkflow[];
}

async function knownWorkflows(store: Store): Promise<KnownWorkflows> {
  const [services, tasks, instances] = await Promise.all([
    store.listLiveServices(),
    store.listLiveTasks(),
    store.listLiveInstances(),
  ]);
  const definitions = new DefinitionReader(store);
  const byOwner = new Map(groupBy(tasks, (task) => task.ownerWorkflowId));
  const draining = instances.filter((instance) => instance.status === 'DRAINING');
  const found: LostWorkflow[] = [];
  const ofInstances: LostWorkflow[] = instances.map((instance) => {
    const { clusterName, containerInstanceId } = instance;
    const version = instance.version + 1;
    return {
      workflowType: CONTAINER_INSTANCE_WORKFLOW,
      workflowId: containerInstanceWorkflowId(clusterName, containerInstanceId),
      args: [{ clusterName, containerInstanceId }, carriedInstance({ ...instance, version })],
      // Nobody watches the instance's agent at present, so the instance gets no new work until somebody does.
      isStillLive: async () => {
        const [row] = await store.getInstances(clusterName, [containerInstanceId]);
        return row !== undefined && row.status !== 'INACTIVE';
      },
      before: () => store.recordInstance({ clusterName, containerInstanceId, version, agentConnected: false }),
    };
  });
  for (const record of services) {
    const { clusterName, serviceName } = record.definition;
    const workflowId = serviceWorkflowId(clusterName, serviceName);
    const used = await definitions.read(record.deployments.map((deployment) => deployment.taskDefinitionArn));
    const carried = carriedService({ record, tasks: byOwner.get(workflowId) ?? [], definitions: used, draining });
    found.push({
      workflowType: SERVICE_WORKFLOW,
      workflowId,
      args: [{ clusterName, serviceName }, packService(carried)],
      isStillLive: async () => {
        const [row] = await store.getServices(clusterName, [serviceName]);
        return row?.incarnation === record.incarnation && row.status !== 'INACTIVE';
      },
    });
    byOwner.delete(workflowId);
  }
  for (const [workflowId, own] of byOwner) {
    const [first] = own;
    const [definition] = first ? await definitions.read([first.taskDefinitionArn]) : [];
    if (!first || !definition || first.serviceName !== undefined) continue;
    const { clusterName } = first;
    found.push({
      workflowType: RUN_TASK_WORKFLOW,
      workflowId,
      args: [{ clusterName }, carriedRunTask(own, definition)],
      isStillLive: async () => {
        const ids = own.map((task) => task.taskId);
        return (await store.getTasks(clusterName, ids)).some((task) => task.lastStatus !== 'STOPPED');
      },
    });
  }
  return { owners: found, instances: ofInstances };
}
