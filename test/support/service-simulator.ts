/**
 * A world around the reducer of a service: tasks start, run, turn healthy, fail and stop; time is a number. The rules are the
 * reducer's own, the one that runs in the workflow: this file only answers its orders and brings it news.
 */
import type { ServiceDeployment } from '../../model/service-deployment.ts';
import type { ServiceDefinition } from '../../model/service.ts';
import type { Task, TaskReport } from '../../model/task.ts';
import type { TaskDefinition } from '../../model/task-definition.ts';
import { isEcsError } from '../../model/errors.ts';
import type { Given } from '../../scheduler/owner/effects.ts';
import { newService } from '../../scheduler/service-owner/deploy.ts';
import type { ServiceEffect, ServiceFacts, ServiceInput } from '../../scheduler/service-owner/inputs.ts';
import { reduce } from '../../scheduler/service-owner/reduce.ts';
import { snapshotOf } from '../../scheduler/service-owner/snapshot.ts';
import { startRequest } from '../../scheduler/service-owner/start-request.ts';
import type { ZoneRoom } from '../../scheduler/rebalance/zone-room.ts';
import type { ServiceOwnedTask, ServiceState } from '../../scheduler/service/state.ts';
import type { ServicePlan, ServiceSnapshot, ServiceTask } from '../../scheduler/service/types.ts';
import { checked, createCommand, taskDefinition } from './commands.ts';

export interface SimulatorOptions {
  readonly definition?: Partial<ServiceDefinition>;
  readonly hasHealthCheck?: boolean;
  /** What the service's tasks ask for beside one container. */
  readonly taskDefinition?: Partial<TaskDefinition>;
  /** Instances and their zones; tasks are dealt out over them in turn. */
  readonly instances?: Readonly<Record<string, string>>;
}

type Start = Extract<ServiceEffect, { kind: 'start' }>;

export class ServiceSimulator {
  now: number;
  state: ServiceState;
  readonly plans: ServicePlan[] = [];
  readonly events: string[] = [];
  readonly stoppedIds: string[] = [];
  /** Deployments whose tasks stop before they run. */
  readonly brokenDeployments = new Set<string>();
  /** Deployments whose tasks run but turn UNHEALTHY. */
  readonly sickDeployments = new Set<string>();
  /** Container instances that have no room: tasks that must be there are refused. */
  readonly fullInstances = new Set<string>();
  readonly #options: SimulatorOptions;
  readonly #instances: readonly (readonly [string, string])[];
  #started = 0;
  #deployed = 1;
  #ids = 0;

  constructor(options: SimulatorOptions = {}, now = 1_800_000_000_000) {
    this.now = now;
    this.#options = options;
    this.#instances = Object.entries(options.instances ?? { i1: 'a', i2: 'b', i3: 'c' });
    const command = { ...createCommand('default', options.definition, this.#definition()), incarnation: 'web' };
    this.state = newService(command, this.#given());
    this.feed({ kind: 'created' });
  }

  /** Gives the input to the reducer, and keeps what it tells. Answers its effects. */
  feed(input: ServiceInput): readonly ServiceEffect[] {
    const reduced = reduce(this.state, input, this.#given());
    this.state = reduced.state;
    for (const effect of reduced.effects) if (effect.kind === 'event') this.events.push(effect.message);
    if (reduced.plan) {
      this.plans.push(reduced.plan);
      this.stoppedIds.push(...reduced.plan.stop.map(({ taskId }) => taskId));
    }
    return reduced.effects;
  }

  get snapshot(): ServiceSnapshot {
    return snapshotOf(this.state);
  }

  /** UpdateService with a new revision of the task definition. Answers the new deployment's id. */
  deploy(): string {
    this.#deployed += 1;
    const { incarnation } = this.state;
    const definition = this.#definition();
    this.feed({
      kind: 'update',
      command: { incarnation, changes: {}, taskDefinition: definition, forceNewDeployment: false },
    });
    return this.state.deployments[0]?.deploymentId ?? '';
  }

  /** The newest service deployment. */
  get current(): ServiceDeployment {
    const [current] = this.state.serviceDeployments ?? [];
    if (current === undefined) throw new Error('the service has no service deployment');
    return current;
  }

  /** StopServiceDeployment; an order that cannot be given any more changes nothing. */
  order(stopType: 'ROLLBACK' | 'ABORT'): void {
    const { incarnation } = this.state;
    const { serviceDeploymentId } = this.current;
    this.#call({ kind: 'stopDeployment', command: { incarnation, serviceDeploymentId, stopType } });
  }

  /** ContinueServiceDeployment with CONTINUE for every hook that waits. */
  continueHooks(): void {
    const { incarnation } = this.state;
    const { serviceDeploymentId, hooks = [] } = this.current;
    for (const { hookId, status } of hooks) {
      if (status !== 'AWAITING_ACTION') continue;
      const command = { incarnation, serviceDeploymentId, hookId, action: 'CONTINUE' } as const;
      this.#call({ kind: 'continueDeployment', command });
    }
  }

  /** What the reducer refuses changes nothing. */
  #call(input: ServiceInput): void {
    try {
      this.feed(input);
    } catch (error) {
      if (!isEcsError(error)) throw error;
    }
  }

  /** UpdateService. */
  update(changes: Partial<ServiceDefinition>): void {
    const { incarnation } = this.state;
    this.feed({ kind: 'update', command: { incarnation, changes, forceNewDeployment: false } });
  }

  /** Puts the service into a state that no input brings about here. */
  set(changes: Partial<ServiceState>): void {
    this.state = { ...this.state, ...changes };
  }

  setTasks(tasks: readonly ServiceTask[]): void {
    this.set({ tasks: new Map(tasks.map((task) => [task.taskId, task as ServiceOwnedTask])) });
  }

  change(taskId: string, changes: Partial<ServiceTask>): void {
    this.setTasks(this.snapshot.tasks.map((task) => (task.taskId === taskId ? { ...task, ...changes } : task)));
  }

  /** An agent's report on the task. */
  report(taskId: string, report: Partial<TaskReport>): void {
    const task = this.state.tasks.get(taskId);
    if (task === undefined) return;
    const { containerInstanceId } = task;
    const full = { taskId, containerInstanceId, lastStatus: 'RUNNING', containers: [], ...report } as const;
    this.feed({ kind: 'reports', reports: [full] });
  }

  /** Plans once and carries the plan out: new tasks are PENDING, stopped ones are on their way. */
  plan(facts: ServiceFacts = {}): ServicePlan {
    this.feed({ kind: 'round' });
    const effects = this.feed({ kind: 'plan', facts });
    for (const effect of effects) if (effect.kind === 'start') this.#start(effect);
    const plan = this.plans.at(-1);
    if (plan === undefined) throw new Error('the reducer made no plan');
    return plan;
  }

  /** While it is steady: compares the zones, and starts what should move. Answers how many. */
  rebalance(rooms: readonly ZoneRoom[]): number {
    if (this.state.steadySince === undefined) return 0;
    const before = this.#started;
    this.plan({ zones: rooms.map(({ zone }) => zone), rooms });
    return this.#started - before;
  }

  /** One task a step further: PENDING → RUNNING → its verdict; stopping → gone. */
  step(taskId: string): void {
    const task = this.state.tasks.get(taskId);
    if (task === undefined) return;
    if (task.desiredStatus === 'STOPPED') this.crash(taskId);
    else if (task.lastStatus === 'PENDING') this.#leavePending(task);
    else if (task.hasHealthCheck && task.healthStatus === 'UNKNOWN') {
      this.report(taskId, { healthStatus: this.sickDeployments.has(task.deploymentId) ? 'UNHEALTHY' : 'HEALTHY' });
    }
  }

  stepAll(): void {
    for (const { taskId } of this.snapshot.tasks) this.step(taskId);
  }

  /** A task stops by itself. */
  crash(taskId: string): void {
    this.report(taskId, { lastStatus: 'STOPPED', stoppedAt: this.now });
  }

  /** Plans and lets everything advance, `seconds` at a time, until nothing is left to do or the rounds are used up. */
  run(rounds: number, seconds = 20): void {
    for (let i = 0; i < rounds; i++) {
      this.plan();
      this.stepAll();
      this.now += seconds * 1000;
    }
  }

  alive(deploymentId?: string): readonly ServiceTask[] {
    return this.snapshot.tasks.filter(
      (task) => task.desiredStatus === 'RUNNING' && (deploymentId === undefined || task.deploymentId === deploymentId),
    );
  }

  #given(): Given {
    return {
      now: this.now,
      newId: () => `id-${++this.#ids}`,
      // Ids of deployments differ, and are the same in each life.
      random: () => (++this.#ids % 1_000) / 1_000,
    };
  }

  #definition(): TaskDefinition {
    const changes = { revision: this.#deployed, ...this.#options.taskDefinition };
    return this.#options.hasHealthCheck === true ? checked(changes) : taskDefinition(changes);
  }

  #start({ start, isLast }: Start): void {
    const { request } = startRequest(this.state, start);
    const wanted = Array.from({ length: request.count }, (_, i) => this.#row(start.instanceIds?.[i], start.zone));
    const tasks = wanted.filter(({ containerInstanceId = '' }) => !this.fullInstances.has(containerInstanceId));
    this.feed({
      kind: 'placed',
      placed: {
        start,
        request,
        tasks,
        beyondQuota: 0,
        isLast,
        ...(tasks.length < wanted.length ? { refusal: { reason: 'RESOURCE:MEMORY', counts: [] } } : {}),
      },
    });
  }

  /** The members of a row that its owner keeps. */
  #row(instanceId: string | undefined, inZone: string | undefined): Task {
    const [id = '', zone = ''] = this.#instances[this.#started % this.#instances.length] ?? [];
    const taskId = `task-${String(this.#started++).padStart(5, '0')}`;
    return {
      taskId,
      containerInstanceId: instanceId ?? (inZone === undefined ? id : `i-${inZone}`),
      availabilityZone: inZone ?? zone,
      lastStatus: 'PENDING',
      desiredStatus: 'RUNNING',
      healthStatus: 'UNKNOWN',
      createdAt: this.now,
      version: 1,
    } as Task;
  }

  #leavePending(task: ServiceTask): void {
    if (!this.brokenDeployments.has(task.deploymentId)) this.report(task.taskId, { startedAt: this.now });
    else this.report(task.taskId, { lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart', stoppedAt: this.now });
  }
}
