/** Who does the steps: a user of the API, and the operator of the machines. Keeps what the answers promise. */
import type { Failure, Service, Task } from '@aws-sdk/client-ecs';
import { isEcsError } from '../../model/errors.ts';
import { IMAGE_PREFIX, type Scenario } from '../scenario/scenario.ts';
import type { Step } from '../scenario/step.ts';
import type { SimulatedWorld } from '../world/world.ts';
import type { SimulatedInstance } from '../world/instances.ts';
import { type Believed, Expectations } from './expectations.ts';

type Answer =
  | { readonly kind: 'done'; readonly body: Record<string, unknown> }
  /** The API said no. */
  | { readonly kind: 'refused'; readonly code: string }
  /** It may be done or not. */
  | { readonly kind: 'unknown' };

type ServiceStep = Extract<Step, { do: 'createService' | 'updateService' }>;
/** What a step asks of a service, as far as it is believed. */
type ServiceAsk = Pick<ServiceStep, 'service'> &
  Partial<Pick<ServiceStep, 'tasks' | 'desiredCount' | 'minimumHealthyPercent' | 'maximumPercent'>>;

/** One value that was asked for. */
interface Asked {
  set(isCertain: boolean): void;
  retract(): void;
}

type StepOf<Kind extends Step['do']> = Extract<Step, { do: Kind }>;

const SPREAD = {
  zone: [{ type: 'spread', field: 'attribute:ecs.availability-zone' }],
  instance: [{ type: 'spread', field: 'instanceId' }],
} as const;

export class Actor {
  readonly expectations = new Expectations();
  readonly #world: SimulatedWorld;
  readonly #scenario: Scenario;
  readonly #clusterName: string;
  #tokens = 0;

  constructor(world: SimulatedWorld, scenario: Scenario, clusterName: string) {
    this.#world = world;
    this.#scenario = scenario;
    this.#clusterName = clusterName;
  }

  /** Registers the machines, and a task definition for each kind of tasks. */
  async begin(): Promise<void> {
    let place = 0;
    for (const group of this.#scenario.cluster.instances) {
      for (let i = 0; i < group.count; i += 1) this.#addInstance(group, place + i);
      place += group.count;
    }
    await this.#world.clock.advance(5_000);
    for (const name of Object.keys(this.#scenario.tasks)) {
      // Nothing can be done without them: asked until it is answered.
      for (let answer = await this.#registerTasks(name); answer === undefined;)
        answer = await this.#registerTasks(name);
    }
  }

  async perform(step: Step): Promise<void> {
    switch (step.do) {
      case 'createService':
        return this.#createService(step);
      case 'updateService':
        return this.#updateService(step);
      case 'forceDeployment':
        await this.#call('UpdateService', { service: step.service, forceNewDeployment: true });
        return;
      case 'scale':
        return this.#scale(step);
      case 'deleteService':
        return this.#deleteService(step);
      case 'runTask':
        return this.#runTask(step);
      case 'stopTask':
        return this.#stopTask(step);
      case 'protectTask':
        return this.#protectTask(step);
      case 'drain':
      case 'activate':
        return this.#setState(step);
      case 'deregister':
        return this.#deregister(step);
      case 'silence':
        this.#instance(step.instance)?.silence();
        return;
      case 'reconnect':
        this.#instance(step.instance)?.reconnect();
        return;
      case 'killAgent':
        this.#instance(step.instance)?.kill();
        return;
      case 'powerOff':
        this.#instance(step.instance)?.powerOff();
        return;
      case 'startAgent':
        this.#instance(step.instance)?.start();
        return;
      case 'addInstance':
        this.#addLike(step.like);
        return;
      case 'killWorker':
        this.#world.killWorker();
        return;
      case 'loseTemporal':
        await this.#world.loseTemporal();
        return;
      case 'wait':
        await this.#world.clock.advance(step.for);
        return;
      case 'settle':
        throw new Error('settle is not the actor’s');
    }
  }

  // ---- services ----------------------------------------------------------------------------------------------------

  async #createService(step: StepOf<'createService'>): Promise<void> {
    const daemon = step.schedulingStrategy === 'DAEMON';
    const answer = await this.#believing(step, () =>
      this.#call('CreateService', {
        serviceName: step.service,
        taskDefinition: step.tasks,
        ...(daemon ? { schedulingStrategy: 'DAEMON' } : { desiredCount: step.desiredCount }),
        ...this.#rollout(step),
        ...(step.spread && !daemon ? { placementStrategy: SPREAD[step.spread] } : {}),
      }),
    );
    if (answer.kind === 'refused') return;
    const isCertain = answer.kind === 'done';
    const expected = this.expectations.service(step.service);
    expected.exists.set(true, isCertain);
    if (isCertain) await this.#readBack(step.service, step.desiredCount);
  }

  async #updateService(step: StepOf<'updateService'>): Promise<void> {
    const { tasks, desiredCount } = step;
    const taskDefinition = tasks === undefined ? undefined : await this.#registerTasks(tasks);
    if (tasks !== undefined && taskDefinition === undefined) return;
    await this.#believing(step, () =>
      this.#call('UpdateService', {
        service: step.service,
        ...(taskDefinition === undefined ? {} : { taskDefinition }),
        ...(desiredCount === undefined ? {} : { desiredCount }),
        ...this.#rollout(step),
      }),
    );
  }

  async #scale(step: StepOf<'scale'>): Promise<void> {
    const { service, desiredCount } = step;
    const answer = await this.#believing(step, () => this.#call('UpdateService', { service, desiredCount }));
    if (answer.kind === 'done') await this.#readBack(service, desiredCount);
  }

  async #deleteService({ service }: StepOf<'deleteService'>): Promise<void> {
    const answer = await this.#call('DeleteService', { service, force: true });
    if (answer.kind !== 'refused') this.expectations.service(service).exists.set(false, answer.kind === 'done');
  }

  /** What is asked may count from the moment of the call on: its owner acts before the answer is here. */
  async #believing(step: ServiceAsk, call: () => Promise<Answer>): Promise<Answer> {
    const asked = this.#asked(step);
    for (const one of asked) one.set(false);
    const answer = await call();
    if (answer.kind === 'refused') for (const one of asked) one.retract();
    if (answer.kind === 'done') for (const one of asked) one.set(true);
    return answer;
  }

  #asked({ service, tasks, desiredCount, minimumHealthyPercent, maximumPercent }: ServiceAsk): readonly Asked[] {
    const expected = this.expectations.service(service);
    const ask = <T>(believed: Believed<T>, value: T | undefined): readonly Asked[] =>
      value === undefined
        ? []
        : [{ set: (isCertain) => believed.set(value, isCertain), retract: () => believed.retract(value) }];
    return [
      ...ask(expected.tasks, tasks),
      ...ask(expected.desiredCount, desiredCount),
      ...ask(expected.minimum, minimumHealthyPercent),
      ...ask(expected.maximum, maximumPercent),
    ];
  }

  #rollout(step: ServiceStep): Record<string, unknown> {
    const { minimumHealthyPercent, maximumPercent, circuitBreaker, healthCheckGracePeriod } = step;
    const configuration = {
      ...(minimumHealthyPercent === undefined ? {} : { minimumHealthyPercent }),
      ...(maximumPercent === undefined ? {} : { maximumPercent }),
      ...(circuitBreaker === undefined
        ? {}
        : {
            deploymentCircuitBreaker: { enable: circuitBreaker !== 'off', rollback: circuitBreaker === 'rollback' },
          }),
    };
    return {
      ...(Object.keys(configuration).length > 0 ? { deploymentConfiguration: configuration } : {}),
      ...(healthCheckGracePeriod === undefined
        ? {}
        : { healthCheckGracePeriodSeconds: Math.round(healthCheckGracePeriod / 1000) }),
    };
  }

  /** A call that was acknowledged is seen by the next one that reads. */
  async #readBack(service: string, desiredCount: number): Promise<void> {
    const answer = await this.#call('DescribeServices', { services: [service] });
    if (answer.kind !== 'done') return;
    const [found] = (answer.body['services'] ?? []) as Service[];
    if (found?.schedulingStrategy === 'DAEMON') return;
    if (found?.desiredCount !== desiredCount)
      this.#world.violations.push(
        `acknowledged: service ${service} was to have ${desiredCount} tasks, and is described with ${String(found?.desiredCount)}`,
      );
  }

  // ---- tasks -------------------------------------------------------------------------------------------------------

  async #runTask({ tasks, count }: StepOf<'runTask'>): Promise<void> {
    this.#tokens += 1;
    const request = { taskDefinition: tasks, count, clientToken: `token-${this.#tokens}` };
    let answer = await this.#call('RunTask', request);
    // As an SDK does: the same token again, until there is an answer.
    for (let i = 0; i < 5 && answer.kind === 'unknown'; i += 1) answer = await this.#call('RunTask', request);
    if (answer.kind !== 'done') return;
    const started = ((answer.body['tasks'] ?? []) as Task[]).map(({ taskArn = '' }) => shortId(taskArn));
    const failures = (answer.body['failures'] ?? []) as Failure[];
    if (started.length + failures.length !== count)
      this.#world.violations.push(
        `acknowledged: RunTask of ${count} answered with ${started.length} tasks and ${failures.length} failures`,
      );
    const rows = await this.#world.store.getTasks(this.#clusterName, started);
    for (const id of started) {
      this.expectations.startedTaskIds.add(id);
      if (!rows.some((row) => row.taskId === id))
        this.#world.violations.push(`acknowledged: task ${id} of RunTask is unknown`);
    }
  }

  async #stopTask({ place }: StepOf<'stopTask'>): Promise<void> {
    const task = await this.#liveTask(place);
    if (!task) return;
    const answer = await this.#call('StopTask', { task });
    if (answer.kind !== 'done') return;
    this.expectations.stoppedTaskIds.add(task);
    const [row] = await this.#world.store.getTasks(this.#clusterName, [task]);
    if (row && row.desiredStatus !== 'STOPPED')
      this.#world.violations.push(`acknowledged: task ${task} was stopped, and is to run`);
  }

  async #protectTask({ place, minutes }: StepOf<'protectTask'>): Promise<void> {
    const task = await this.#liveTask(place);
    if (!task) return;
    const protection =
      minutes === undefined ? { protectionEnabled: false } : { protectionEnabled: true, expiresInMinutes: minutes };
    await this.#call('UpdateTaskProtection', { tasks: [task], ...protection });
  }

  async #liveTask(place: number): Promise<string | undefined> {
    const live = (await this.#world.store.listLiveTasks()).map((task) => task.taskId).sort();
    return live[Math.min(Math.floor(place * live.length), live.length - 1)];
  }

  /** The new revision's ARN; undefined when that is not certain. */
  async #registerTasks(name: string): Promise<string | undefined> {
    const kind = this.#scenario.tasks[name];
    const answer = await this.#call('RegisterTaskDefinition', {
      family: name,
      containerDefinitions: [
        {
          name: 'main',
          image: `${IMAGE_PREFIX}${name}`,
          cpu: kind?.cpu ?? 256,
          memory: kind?.memory ?? 512,
          ...(kind?.healthCheck ? { healthCheck: { command: ['CMD', 'true'] } } : {}),
          ...(kind?.hostPort === undefined
            ? {}
            : { portMappings: [{ containerPort: kind.hostPort, hostPort: kind.hostPort }] }),
        },
      ],
    });
    if (answer.kind !== 'done') return undefined;
    const definition = answer.body['taskDefinition'] as { taskDefinitionArn?: string } | undefined;
    return definition?.taskDefinitionArn;
  }

  // ---- instances ---------------------------------------------------------------------------------------------------

  #instance(place: number): SimulatedInstance | undefined {
    const { instances } = this.#world;
    return instances[place % Math.max(instances.length, 1)];
  }

  #addLike(place: number): void {
    const model = this.#instance(place);
    if (!model) return;
    const { clusterName: _cluster, ...shape } = model.shape;
    this.#world.addInstance({ ...shape, containerInstanceId: instanceId(this.#world.instances.length) });
  }

  #addInstance(group: Scenario['cluster']['instances'][number], place: number): void {
    this.#world.addInstance({
      containerInstanceId: instanceId(place),
      cpu: group.cpu,
      memoryMiB: group.memory,
      fargate: group.fargate,
      availabilityZone: group.zones[place % group.zones.length] ?? 'zone-a',
      attributes: Object.entries(group.attributes).map(([name, value]) => ({ name, value })),
    });
  }

  async #setState(step: StepOf<'drain' | 'activate'>): Promise<void> {
    const instance = this.#instance(step.instance);
    if (!instance) return;
    const status = step.do === 'drain' ? 'DRAINING' : 'ACTIVE';
    await this.#call('UpdateContainerInstancesState', { containerInstances: [instance.id], status });
  }

  /** The operator takes the machine out for good, or until it is started again. */
  async #deregister(step: StepOf<'deregister'>): Promise<void> {
    const instance = this.#instance(step.instance);
    if (!instance) return;
    const answer = await this.#call('DeregisterContainerInstance', { containerInstance: instance.id, force: true });
    if (answer.kind === 'done') instance.powerOff();
  }

  async #call(operation: string, body: Record<string, unknown>): Promise<Answer> {
    try {
      const cluster = operation === 'RegisterTaskDefinition' ? {} : { cluster: this.#clusterName };
      return { kind: 'done', body: await this.#world.call(operation, { ...cluster, ...body }) };
    } catch (error) {
      if (!isEcsError(error)) {
        this.#world.violations.push(
          `api: ${operation} failed: ${error instanceof Error ? (error.stack ?? '') : String(error)}`,
        );
        return { kind: 'unknown' };
      }
      this.#world.trace(`answer ${error.code} ${error.message}`);
      if (error.code === 'ServiceUnavailable') return { kind: 'unknown' };
      if (error.code === 'ServerException') this.#world.violations.push(`api: ${operation}: ${error.message}`);
      return { kind: 'refused', code: error.code };
    }
  }
}

const instanceId = (place: number): string => place.toString(16).padStart(32, '0');
const shortId = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);
