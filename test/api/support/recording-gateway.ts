/** A gateway without workflows: keeps every command and writes the rows that the workflows would have written. */
import { randomInt } from 'node:crypto';
import type { WorkflowGateway } from '../../../api/gateway.ts';
import type { CallCause } from '../../../model/decision.ts';
import { EcsError } from '../../../model/errors.ts';
import type { InstanceRegistration } from '../../../model/container-instance.ts';
import type { ServiceRecord } from '../../../model/service.ts';
import type { Store } from '../../../store/contract/store.ts';
import type {
  ChangeTaskSetCommand,
  ContinueServiceDeploymentCommand,
  CreateServiceCommand,
  CreateTaskSetCommand,
  DeleteServiceCommand,
  ProtectTasksCommand,
  ProtectTasksOutcome,
  StopServiceDeploymentCommand,
  StopTaskCommand,
  UpdateAgentCommand,
  UpdateServiceCommand,
} from '../../../model/commands.ts';
import type { RunTaskCommand, RunTaskOutcome } from '../../../workflows/messages.ts';
import { deploymentRow, taskRow } from './rows.ts';

export type Command =
  | ({ readonly call: 'runTask'; readonly token: string } & RunTaskCommand)
  | ({ readonly call: 'createService' } & CreateServiceCommand)
  | ({ readonly call: 'updateService' } & UpdateServiceCommand)
  | ({ readonly call: 'stopServiceDeployment' } & StopServiceDeploymentCommand)
  | ({ readonly call: 'continueServiceDeployment' } & ContinueServiceDeploymentCommand)
  | ({ readonly call: 'deleteService' } & DeleteServiceCommand)
  | ({ readonly call: 'createTaskSet' } & CreateTaskSetCommand)
  | ({ readonly call: 'changeTaskSet' } & ChangeTaskSetCommand)
  | ({ readonly call: 'stopTask'; readonly ownerWorkflowId: string } & StopTaskCommand)
  | ({ readonly call: 'protectTasks'; readonly ownerWorkflowId: string } & ProtectTasksCommand)
  | ({ readonly call: 'registerInstance' } & InstanceRegistration)
  | { readonly call: 'capacityChanged'; readonly ownerWorkflowIds: readonly string[] }
  | { readonly call: 'instancesChanged'; readonly cluster: string; readonly daemonServices: readonly string[] }
  | { readonly call: 'setInstanceStatus'; readonly instanceId: string; readonly status: string }
  | ({ readonly call: 'updateAgent'; readonly instanceId: string } & UpdateAgentCommand)
  | { readonly call: 'interruptInstance'; readonly instanceId: string }
  | { readonly call: 'deregisterInstance'; readonly instanceId: string; readonly force: boolean };

export class RecordingGateway implements WorkflowGateway {
  readonly commands: Command[] = [];
  /** The instance that gets the tasks; null if the cluster has none. */
  instanceId: string | null = null;
  /** How many tasks of the next runTask call find a place; the rest become failures. */
  places = Infinity;
  readonly #store: Store;
  #instanceVersions = new Map<string, number>();

  /** The API calls that the commands came from. */
  readonly causes: CallCause[] = [];

  forCall(cause: CallCause): WorkflowGateway {
    this.causes.push(cause);
    return this;
  }

  constructor(store: Store) {
    this.#store = store;
  }

  /** The last command of a kind. Throws if there is none. */
  last<Call extends Command['call']>(call: Call): Extract<Command, { call: Call }> {
    const found = this.commands.findLast((command) => command.call === call);
    if (!found) throw new Error(`no ${call} command`);
    return found as Extract<Command, { call: Call }>;
  }

  count(call: Command['call']): number {
    return this.commands.filter((command) => command.call === call).length;
  }

  async runTask(token: string, command: RunTaskCommand): Promise<RunTaskOutcome> {
    this.commands.push({ call: 'runTask', token, ...command });
    const { instanceId } = this;
    if (instanceId === null) {
      throw new EcsError('InvalidParameterException', 'No Container Instances were found in your cluster.');
    }
    const ids = command.containerInstanceIds ?? Array.from({ length: command.count }, () => instanceId);
    const tasks = ids.slice(0, this.places).map((id) => this.#row(token, command, id));
    const failures = ids.slice(this.places).map((arn) => ({ arn, reason: 'RESOURCE:MEMORY' }));
    const { clientToken, clusterName, digest } = command;
    const outcome = { taskIds: tasks.map((task) => task.taskId), failures };
    await this.#store.reserveTasks({
      clusterName,
      tasks,
      ...(clientToken === undefined
        ? {}
        : { runTaskRequest: { ...outcome, clusterName, clientToken, digest, createdAt: Date.now() } }),
    });
    return outcome;
  }

  #row(token: string, command: RunTaskCommand, containerInstanceId: string): ReturnType<typeof taskRow> {
    const { taskDefinition } = command;
    return taskRow({
      clusterName: command.clusterName,
      taskDefinitionArn: taskDefinition.taskDefinitionArn,
      family: taskDefinition.family,
      revision: taskDefinition.revision,
      ownerWorkflowId: `run-task/${command.clusterName}/${token}`,
      containerInstanceId,
      availabilityZone: 'us-east-1a',
      group: command.group,
      launchType: command.launchType,
      overrides: command.overrides,
      tags: command.tags,
      createdAt: Date.now(),
      ...(command.startedBy === undefined ? {} : { startedBy: command.startedBy }),
      ...(command.platformVersion === undefined ? {} : { platformVersion: command.platformVersion }),
    });
  }

  async createService(command: CreateServiceCommand): Promise<{ incarnation: string }> {
    this.commands.push({ call: 'createService', ...command });
    const { definition, incarnation, createdBy } = command;
    const taskDefinitionArn = command.taskDefinition?.taskDefinitionArn ?? '';
    await this.#recordService({
      definition,
      incarnation,
      createdBy,
      status: 'ACTIVE',
      taskDefinitionArn,
      deployments: taskDefinitionArn === '' ? [] : [newDeployment(command.definition, taskDefinitionArn)],
      runningCount: 0,
      pendingCount: 0,
      createdAt: Date.now(),
      waitingForCapacity: false,
      version: 1,
    });
    return { incarnation };
  }

  async updateService(cluster: string, service: string, command: UpdateServiceCommand): Promise<void> {
    this.commands.push({ call: 'updateService', ...command });
    const before = await this.#service(cluster, service);
    const definition = { ...before.definition, ...command.changes };
    const taskDefinitionArn = command.taskDefinition?.taskDefinitionArn ?? before.taskDefinitionArn;
    const fresh = command.forceNewDeployment || taskDefinitionArn !== before.taskDefinitionArn;
    const old = before.deployments.map((deployment) => ({ ...deployment, status: 'ACTIVE' as const }));
    const deployments = fresh ? [...old, newDeployment(definition, taskDefinitionArn)] : before.deployments;
    await this.#recordService({ ...before, definition, taskDefinitionArn, deployments, version: before.version + 1 });
  }

  stopServiceDeployment(_cluster: string, _service: string, command: StopServiceDeploymentCommand): Promise<void> {
    this.commands.push({ call: 'stopServiceDeployment', ...command });
    return Promise.resolve();
  }

  continueServiceDeployment(
    _cluster: string,
    _service: string,
    command: ContinueServiceDeploymentCommand,
  ): Promise<void> {
    this.commands.push({ call: 'continueServiceDeployment', ...command });
    return Promise.resolve();
  }

  async deleteService(cluster: string, service: string, command: DeleteServiceCommand): Promise<void> {
    this.commands.push({ call: 'deleteService', ...command });
    const before = await this.#service(cluster, service);
    const status = before.runningCount > 0 ? 'DRAINING' : 'INACTIVE';
    await this.#recordService({ ...before, status, deployments: [], version: before.version + 1 });
  }

  async createTaskSet(cluster: string, service: string, command: CreateTaskSetCommand): Promise<{ taskSetId: string }> {
    this.commands.push({ call: 'createTaskSet', ...command });
    const before = await this.#service(cluster, service);
    const { scale, digest, tags, externalId } = command;
    const added = {
      ...newDeployment(before.definition, command.taskDefinition.taskDefinitionArn),
      status: 'ACTIVE' as const,
      desiredCount: Math.ceil((before.definition.desiredCount * scale) / 100),
      taskSet: {
        scale,
        digest,
        tags,
        ...(externalId === undefined ? {} : { externalId }),
        stabilityStatus: 'STABILIZING' as const,
        stabilityStatusAt: Date.now(),
      },
    };
    await this.#recordService({ ...before, deployments: [...before.deployments, added], version: before.version + 1 });
    return { taskSetId: added.deploymentId };
  }

  async changeTaskSet(cluster: string, service: string, command: ChangeTaskSetCommand): Promise<void> {
    this.commands.push({ call: 'changeTaskSet', ...command });
    const before = await this.#service(cluster, service);
    const deployments = before.deployments.map((deployment) => {
      const { taskSet, deploymentId } = deployment;
      if (deploymentId !== command.taskSetId || !taskSet) return deployment;
      if (command.change.kind === 'primary') return { ...deployment, status: 'PRIMARY' as const };
      const changed = command.change.kind === 'scale' ? { scale: command.change.scale } : { draining: true };
      return { ...deployment, taskSet: { ...taskSet, ...changed } };
    });
    await this.#recordService({ ...before, deployments, version: before.version + 1 });
  }

  async stopTask(ownerWorkflowId: string, command: StopTaskCommand): Promise<void> {
    this.commands.push({ call: 'stopTask', ownerWorkflowId, ...command });
    const task = await this.#store.findTask(command.taskId);
    if (!task) throw new Error('no such task');
    const changes = { desiredStatus: 'STOPPED', stoppedReason: command.reason, stopCode: 'UserInitiated' } as const;
    await this.#store.recordOwner({
      clusterName: task.clusterName,
      tasks: [{ taskId: task.taskId, version: task.version + 1, changes }],
      events: [],
    });
  }

  async protectTasks(ownerWorkflowId: string, command: ProtectTasksCommand): Promise<ProtectTasksOutcome> {
    this.commands.push({ call: 'protectTasks', ownerWorkflowId, ...command });
    const protectedUntil = command.protectForMs === undefined ? 0 : Date.now() + command.protectForMs;
    for (const taskId of command.taskIds) {
      const task = await this.#store.findTask(taskId);
      if (!task) throw new Error('no such task');
      const { clusterName, version } = task;
      const patch = { taskId, version: version + 1, changes: { protectedUntil } };
      await this.#store.recordOwner({ clusterName, tasks: [patch], events: [] });
    }
    return { tasks: command.taskIds.map((taskId) => ({ taskId, protectedUntil })), failures: [] };
  }

  async registerInstance(registration: InstanceRegistration): Promise<void> {
    this.commands.push({ call: 'registerInstance', ...registration });
    await this.#recordInstance(registration.clusterName, registration.containerInstanceId, {
      status: 'ACTIVE',
      agentConnected: registration.sessionId !== '',
      registration,
      registeredAt: Date.now(),
    });
  }

  async setInstanceStatus(cluster: string, instanceId: string, status: 'ACTIVE' | 'DRAINING'): Promise<void> {
    this.commands.push({ call: 'setInstanceStatus', instanceId, status });
    await this.#recordInstance(cluster, instanceId, { status });
  }

  async updateAgent(cluster: string, instanceId: string, command: UpdateAgentCommand): Promise<void> {
    this.commands.push({ call: 'updateAgent', instanceId, ...command });
    await this.#recordInstance(cluster, instanceId, { agentUpdateStatus: 'PENDING' });
  }

  async interruptInstance(cluster: string, instanceId: string): Promise<void> {
    this.commands.push({ call: 'interruptInstance', instanceId });
    await this.#recordInstance(cluster, instanceId, { status: 'DRAINING' });
  }

  async deregisterInstance(cluster: string, instanceId: string, force: boolean): Promise<void> {
    this.commands.push({ call: 'deregisterInstance', instanceId, force });
    await this.#recordInstance(cluster, instanceId, { status: 'INACTIVE', agentConnected: false });
  }

  instancesChanged(cluster: string, daemonServices: readonly string[]): Promise<void> {
    this.commands.push({ call: 'instancesChanged', cluster, daemonServices });
    return Promise.resolve();
  }

  capacityChanged(ownerWorkflowIds: readonly string[]): Promise<void> {
    this.commands.push({ call: 'capacityChanged', ownerWorkflowIds });
    return Promise.resolve();
  }

  ping(): Promise<void> {
    return Promise.resolve();
  }

  async #service(cluster: string, service: string): Promise<ServiceRecord> {
    const [record] = await this.#store.getServices(cluster, [service]);
    if (!record) throw new EcsError('ServiceNotFoundException', 'Service not found.');
    return record;
  }

  async #recordService(service: ServiceRecord): Promise<void> {
    const { clusterName, serviceName } = service.definition;
    const events = [
      { id: crypto.randomUUID(), createdAt: Date.now(), message: `(service ${serviceName}) row ${service.version}.` },
    ];
    await this.#store.recordOwner({ clusterName, tasks: [], service, events });
  }

  async #recordInstance(
    clusterName: string,
    containerInstanceId: string,
    changes: Omit<Parameters<Store['recordInstance']>[0], 'clusterName' | 'containerInstanceId' | 'version'>,
  ): Promise<void> {
    const version = (this.#instanceVersions.get(containerInstanceId) ?? 0) + 1;
    this.#instanceVersions.set(containerInstanceId, version);
    await this.#store.recordInstance({ clusterName, containerInstanceId, version, ...changes });
  }
}

function newDeployment(
  definition: ServiceRecord['definition'],
  taskDefinitionArn: string,
): ReturnType<typeof deploymentRow> {
  const deploymentId = `ecs-svc/${randomInt(10 ** 12)}`;
  return deploymentRow({
    deploymentId,
    taskDefinitionArn,
    desiredCount: definition.desiredCount,
    createdAt: Date.now(),
    updatedAt: Date.now(),
    rolloutStateReason: `ECS deployment ${deploymentId} in progress.`,
    ...(definition.launchType === undefined ? {} : { launchType: definition.launchType }),
    ...(definition.networkConfiguration === undefined ? {} : { networkConfiguration: definition.networkConfiguration }),
  });
}
