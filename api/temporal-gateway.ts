/**
 * WorkflowGateway over the Temporal client: one update for each changing call. A call that begins a workflow starts it
 * with its update.
 */
import {
  Client,
  Connection,
  isGrpcServiceError,
  type WorkflowHandle,
  WithStartWorkflowOperation,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure, type WorkflowIdConflictPolicy } from '@temporalio/common';
import type { UpdateDefinition } from '@temporalio/common';
import { CONTROL_TASK_QUEUE } from '../model/container-instance.ts';
import { ECS_ERROR_CODES, EcsError, isEcsError } from '../model/errors.ts';
import { temporalConnectionOptions, type TemporalSettings } from '../model/temporal-settings.ts';
import {
  CONTAINER_INSTANCE_WORKFLOW,
  RUN_TASK_WORKFLOW,
  SERVICE_WORKFLOW,
  containerInstanceWorkflowId,
  runTaskWorkflowId,
  serviceWorkflowId,
} from '../model/workflow-ids.ts';
import type { Called } from '../model/commands.ts';
import {
  capacityChangedSignal,
  changeTaskSetUpdate,
  continueServiceDeploymentUpdate,
  createServiceUpdate,
  createTaskSetUpdate,
  deleteServiceUpdate,
  deregisterInstanceUpdate,
  interruptInstanceUpdate,
  instancesChangedSignal,
  placeUpdate,
  protectTasksUpdate,
  registerInstanceUpdate,
  setInstanceStatusUpdate,
  stopServiceDeploymentUpdate,
  stopTaskUpdate,
  updateAgentUpdate,
  updateServiceUpdate,
} from '../workflows/messages.ts';
import type { WorkflowGateway } from './gateway.ts';
import { findCause, sayUnconfirmed } from './unconfirmed.ts';

/** A running worker answers in milliseconds; without one, no call may hang for longer than this. */
const UPDATE_TIMEOUT_MS = 30_000;
const PING_TIMEOUT_MS = 2_000;
/** How often a call is repeated if the workflow ended while the update reached it; the next try starts a new run. */
const ENDING_RETRIES = 5;

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** The error that a failed call means for its caller. */
function asEcsError(error: unknown): unknown {
  if (isEcsError(error)) return error;
  if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) {
    const { type, message, details } = error.cause;
    const code = ECS_ERROR_CODES.find((known) => known === type);
    const members = details?.[0];
    if (code) return new EcsError(code, message, isRecord(members) ? members : {});
  }
  return error;
}

/** Returns true if the error does not tell whether Temporal made the change. */
export const isUnconfirmed = (error: unknown): boolean =>
  error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isUnavailable(error);

/**
 * gRPC UNAVAILABLE (14), DEADLINE_EXCEEDED (4), CANCELLED (1) and FAILED_PRECONDITION (9: the workflow task keeps
 * failing), however deeply the client wrapped it.
 */
function isUnavailable(error: unknown): boolean {
  if (isGrpcServiceError(error)) return [1, 4, 9, 14].includes(error.code);
  return error instanceof Error && error.cause !== undefined && isUnavailable(error.cause);
}

/** Whether the workflow had ended, or ended before it answered the update. */
function isGone(error: unknown): boolean {
  if (error instanceof WorkflowNotFoundError) return true;
  return (
    error instanceof WorkflowUpdateFailedError &&
    error.cause instanceof ApplicationFailure &&
    error.cause.type === 'AcceptedUpdateCompletedWorkflow'
  );
}

interface StartedBy {
  readonly workflowType: string;
  readonly workflowId: string;
  readonly args: readonly unknown[];
}

class TemporalGateway implements WorkflowGateway {
  readonly #connection: Connection;
  readonly #client: Client;

  readonly #called: Called;

  constructor(connection: Connection, client: Client, called: Called = {}) {
    this.#connection = connection;
    this.#client = client;
    this.#called = called;
  }

  forCall: WorkflowGateway['forCall'] = (cause) => new TemporalGateway(this.#connection, this.#client, { cause });

  createService: WorkflowGateway['createService'] = (command) => {
    const { clusterName, serviceName } = command.definition;
    return this.#startAndUpdate(
      {
        workflowType: SERVICE_WORKFLOW,
        workflowId: serviceWorkflowId(clusterName, serviceName),
        args: [{ clusterName, serviceName }],
      },
      createServiceUpdate,
      command,
    );
  };

  updateService: WorkflowGateway['updateService'] = async (cluster, service, command) => {
    await this.#updateService(cluster, service, updateServiceUpdate, command);
  };

  stopServiceDeployment: WorkflowGateway['stopServiceDeployment'] = async (cluster, service, command) => {
    await this.#updateService(cluster, service, stopServiceDeploymentUpdate, command);
  };

  continueServiceDeployment: WorkflowGateway['continueServiceDeployment'] = async (cluster, service, command) => {
    await this.#updateService(cluster, service, continueServiceDeploymentUpdate, command);
  };

  deleteService: WorkflowGateway['deleteService'] = async (cluster, service, command) => {
    await this.#updateService(cluster, service, deleteServiceUpdate, command);
  };

  createTaskSet: WorkflowGateway['createTaskSet'] = (cluster, service, command) =>
    this.#updateService(cluster, service, createTaskSetUpdate, command);

  changeTaskSet: WorkflowGateway['changeTaskSet'] = async (cluster, service, command) => {
    await this.#updateService(cluster, service, changeTaskSetUpdate, command);
  };

  runTask: WorkflowGateway['runTask'] = (token, command) => {
    const { clusterName } = command;
    return this.#startAndUpdate(
      { workflowType: RUN_TASK_WORKFLOW, workflowId: runTaskWorkflowId(clusterName, token), args: [{ clusterName }] },
      placeUpdate,
      command,
    );
  };

  stopTask: WorkflowGateway['stopTask'] = async (ownerWorkflowId, command) => {
    await this.#update(ownerWorkflowId, stopTaskUpdate, command).catch((error: unknown) => {
      if (!isGone(error)) throw asEcsError(error);
    });
  };

  protectTasks: WorkflowGateway['protectTasks'] = (ownerWorkflowId, command) =>
    this.#update(ownerWorkflowId, protectTasksUpdate, command).catch((error: unknown) => {
      if (isGone(error)) return undefined;
      throw asEcsError(error);
    });

  registerInstance: WorkflowGateway['registerInstance'] = async (registration) => {
    const { clusterName, containerInstanceId } = registration;
    const workflowId = containerInstanceWorkflowId(clusterName, containerInstanceId);
    await this.#startAndUpdate(
      { workflowType: CONTAINER_INSTANCE_WORKFLOW, workflowId, args: [{ clusterName, containerInstanceId }] },
      registerInstanceUpdate,
      registration,
    );
  };

  setInstanceStatus: WorkflowGateway['setInstanceStatus'] = async (cluster, instanceId, status) => {
    await this.#updateInstance(cluster, instanceId, setInstanceStatusUpdate, { status });
  };

  updateAgent: WorkflowGateway['updateAgent'] = async (cluster, instanceId, command) => {
    await this.#updateInstance(cluster, instanceId, updateAgentUpdate, command);
  };

  interruptInstance: WorkflowGateway['interruptInstance'] = async (cluster, instanceId) => {
    await this.#updateInstance(cluster, instanceId, interruptInstanceUpdate, {});
  };

  deregisterInstance: WorkflowGateway['deregisterInstance'] = async (cluster, instanceId, force) => {
    await this.#updateInstance(cluster, instanceId, deregisterInstanceUpdate, { force });
  };

  instancesChanged: WorkflowGateway['instancesChanged'] = (cluster, daemonServices) =>
    this.#tell(
      daemonServices.map((service) => serviceWorkflowId(cluster, service)),
      (service) => service.signal(instancesChangedSignal, this.#called),
    );

  capacityChanged: WorkflowGateway['capacityChanged'] = (ownerWorkflowIds) =>
    this.#tell(ownerWorkflowIds, (owner) => owner.signal(capacityChangedSignal));

  ping: WorkflowGateway['ping'] = async () => {
    await this.#connection.withDeadline(Date.now() + PING_TIMEOUT_MS, () =>
      this.#connection.workflowService.getSystemInfo({}),
    );
  };

  close(): Promise<void> {
    return this.#connection.close();
  }

  /** Workflows that are gone need not be told. */
  async #tell(workflowIds: readonly string[], tell: (workflow: WorkflowHandle) => Promise<void>): Promise<void> {
    await this.#connection.withDeadline(Date.now() + UPDATE_TIMEOUT_MS, async () => {
      const told = await Promise.allSettled(
        workflowIds.map((workflowId) => tell(this.#client.workflow.getHandle(workflowId))),
      );
      const reasons = told.flatMap((one): unknown[] => (one.status === 'rejected' ? [one.reason] : []));
      const failed = reasons.find((reason) => !isGone(reason));
      if (failed !== undefined) throw await this.#explained(failed, workflowIds[0] ?? '');
    });
  }

  async #updateService<R, C>(
    cluster: string,
    service: string,
    update: UpdateDefinition<R, [C]>,
    command: C,
  ): Promise<R> {
    return this.#update(serviceWorkflowId(cluster, service), update, command).catch((error: unknown) => {
      throw isGone(error) ? new EcsError('ServiceNotActiveException', 'Service was not ACTIVE.') : asEcsError(error);
    });
  }

  async #updateInstance<R, C>(cluster: string, id: string, update: UpdateDefinition<R, [C]>, command: C): Promise<R> {
    return this.#update(containerInstanceWorkflowId(cluster, id), update, command).catch((error: unknown) => {
      throw isGone(error)
        ? new EcsError('InvalidParameterException', 'The referenced container instance was inactive.')
        : asEcsError(error);
    });
  }

  async #update<R, C>(workflowId: string, update: UpdateDefinition<R, [C]>, command: C): Promise<R> {
    try {
      return await this.#connection.withDeadline(Date.now() + UPDATE_TIMEOUT_MS, () =>
        this.#client.workflow
          .getHandle(workflowId)
          .executeUpdate<R, [C]>(update, { args: [{ ...command, ...this.#called }] }),
      );
    } catch (error) {
      throw await this.#explained(error, workflowId);
    }
  }

  /** An error of a change that was not confirmed gets its reason; other errors stay as they are. */
  async #explained(error: unknown, workflowId: string): Promise<unknown> {
    if (!isUnconfirmed(error)) return error;
    const finding = await findCause(this.#connection, this.#client.options.namespace, workflowId);
    return new EcsError('ServiceUnavailable', sayUnconfirmed(workflowId, finding));
  }

  async #startAndUpdate<R, C>(started: StartedBy, update: UpdateDefinition<R, [C]>, command: C): Promise<R> {
    for (let attempt = 1; ; attempt += 1) {
      const startWorkflowOperation = new WithStartWorkflowOperation(started.workflowType, {
        workflowId: started.workflowId,
        taskQueue: CONTROL_TASK_QUEUE,
        args: [...started.args],
        staticSummary: started.workflowId.replaceAll('/', ' '),
        workflowIdConflictPolicy: 'USE_EXISTING' satisfies WorkflowIdConflictPolicy,
      });
      try {
        return await this.#connection.withDeadline(Date.now() + UPDATE_TIMEOUT_MS, () =>
          this.#client.workflow.executeUpdateWithStart(update, {
            args: [{ ...command, ...this.#called }],
            startWorkflowOperation,
          }),
        );
      } catch (error) {
        if (!isGone(error) || attempt === ENDING_RETRIES) {
          throw asEcsError(await this.#explained(error, started.workflowId));
        }
      }
    }
  }
}

/** Connects to Temporal; rejects if it does not answer. */
export async function connectGateway(
  settings: TemporalSettings,
): Promise<WorkflowGateway & { close(): Promise<void> }> {
  const connection = await Connection.connect(temporalConnectionOptions(settings));
  return createGateway(connection, new Client({ connection, namespace: settings.namespace }));
}

/** Makes a gateway over an existing client; closing the gateway closes the connection. */
export const createGateway = (connection: Connection, client: Client): WorkflowGateway & { close(): Promise<void> } =>
  new TemporalGateway(connection, client);
