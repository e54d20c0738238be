/** Temporal's `Client` for the virtual cluster: as much of it as the API, the agents and the worker call. */
import {
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
  type Connection,
  type WithStartWorkflowOperation,
} from '@temporalio/client';
import { ApplicationFailure, WorkflowNotFoundError, type Workflow } from '@temporalio/common';
import type { Clock } from '../clock.ts';
import { toTimestamp } from './payloads.ts';
import { UpdateFailed, UpdateTurnedAway, type VirtualTemporal } from './temporal.ts';

/**
 * The network between one caller and the cluster. Each call passes through it; a call that does not get through waits
 * or fails.
 */
export type Network = <T>(call: () => Promise<T>) => Promise<T>;

export interface VirtualClientOptions {
  readonly temporal: VirtualTemporal;
  readonly network: Network;
  readonly newId: () => string;
}

interface Named {
  readonly name: string;
}

const nameOf = (definition: Named | string): string => (typeof definition === 'string' ? definition : definition.name);

const NAMESPACE = 'simulation';

/** A `Client` for one caller. A method that is not built here throws an error with its name when it is called. */
export function createVirtualClient(options: VirtualClientOptions): Client {
  const workflow = new VirtualWorkflowClient(options);
  return { workflow, options: { namespace: NAMESPACE } } as unknown as Client;
}

class VirtualWorkflowClient {
  readonly #options: VirtualClientOptions;

  constructor(options: VirtualClientOptions) {
    this.#options = options;
  }

  getHandle(workflowId: string) {
    const { temporal, network } = this.#options;
    return {
      workflowId,
      signal: (definition: Named | string, ...args: unknown[]) =>
        network(async () => {
          temporal.signal(workflowId, nameOf(definition), args);
          return Promise.resolve();
        }),
      executeUpdate: (definition: Named | string, { args = [] }: { args?: unknown[] } = {}) =>
        network(() => this.#update(workflowId, nameOf(definition), args)),
      describe: () =>
        network(() =>
          temporal.isRunning(workflowId)
            ? Promise.resolve({ workflowId, status: { name: 'RUNNING' } })
            : Promise.reject(new WorkflowNotFoundError('workflow not found', workflowId, undefined)),
        ),
      terminate: () =>
        network(() => {
          temporal.terminate(workflowId);
          return Promise.resolve();
        }),
    };
  }

  /** Lists running workflows, as they are now. */
  async *list(): AsyncIterable<{ readonly workflowId: string }> {
    const { temporal, network } = this.#options;
    const ids = await network(() => Promise.resolve(temporal.runningWorkflowIds));
    for (const workflowId of ids) yield { workflowId };
  }

  executeUpdateWithStart(
    definition: Named | string,
    options: { args?: unknown[]; startWorkflowOperation: WithStartWorkflowOperation<Workflow> },
  ): Promise<unknown> {
    const { workflowTypeOrFunc, options: start } = options.startWorkflowOperation;
    const { temporal, network } = this.#options;
    return network(() => {
      const { workflowId } = start;
      if (!temporal.isRunning(workflowId)) {
        const workflowType = String(workflowTypeOrFunc);
        temporal.start({ workflowType, workflowId, taskQueue: start.taskQueue, args: start.args ?? [] });
      }
      return this.#update(workflowId, nameOf(definition), options.args ?? []);
    });
  }

  start(workflowType: string, options: { workflowId: string; taskQueue: string; args?: unknown[] }): Promise<unknown> {
    return this.#options.network(() => {
      const { workflowId, taskQueue, args = [] } = options;
      this.#options.temporal.start({ workflowType, workflowId, taskQueue, args });
      return Promise.resolve(this.getHandle(workflowId));
    });
  }

  /** As in the real client, an update moves to the next run when a workflow continued as new. */
  async #update(workflowId: string, name: string, args: readonly unknown[]): Promise<unknown> {
    const { temporal, newId } = this.#options;
    const id = newId();
    for (;;) {
      try {
        return await temporal.update(workflowId, { id, name, args });
      } catch (error) {
        if (error instanceof UpdateTurnedAway && error.why === 'continuedAsNew') continue;
        throw asClientError(error, workflowId);
      }
    }
  }
}

function asClientError(error: unknown, workflowId: string): unknown {
  if (error instanceof UpdateFailed)
    return new WorkflowUpdateFailedError('Workflow Update failed', error.cause as Error);
  if (!(error instanceof UpdateTurnedAway)) return error;
  if (error.why === 'serverDied') return asGrpcError(14, 'the server is gone');
  if (error.why === 'notFound')
    return new WorkflowNotFoundError('workflow execution already completed', workflowId, undefined);
  const cause = ApplicationFailure.nonRetryable(
    'Workflow Update failed because the Workflow completed before the Update completed.',
    'AcceptedUpdateCompletedWorkflow',
  );
  return new WorkflowUpdateFailedError('Workflow Update failed', cause);
}

/**
 * What the API's gateway asks of its connection: time limits for calls, whether the server answers, and what holds a
 * workflow up.
 */
export function createVirtualConnection(clock: Clock, temporal: VirtualTemporal): Connection {
  const connection = {
    withDeadline: <T>(deadline: number, call: () => Promise<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        const cancel = clock.after(deadline - clock.now(), () =>
          reject(new WorkflowUpdateRPCTimeoutOrCancelledError('Update RPC deadline exceeded')),
        );
        void call().then(resolve, reject).finally(cancel);
      }),
    workflowService: {
      getSystemInfo: () => Promise.resolve({}),
      // A failed workflow task ends the simulation, so no workflow has one that is being retried.
      describeWorkflowExecution: ({ execution }: { execution: { workflowId: string } }) =>
        temporal.isRunning(execution.workflowId)
          ? Promise.resolve({})
          : Promise.reject(asGrpcError(5, 'workflow not found')),
      describeTaskQueue: () =>
        Promise.resolve({ pollers: temporal.hasWorker ? [{ lastAccessTime: toTimestamp(clock.now()) }] : [] }),
    },
    close: () => Promise.resolve(),
  };
  return connection as unknown as Connection;
}

const asGrpcError = (code: number, details: string): Error =>
  Object.assign(new Error(details), { code, details, metadata: {} });
