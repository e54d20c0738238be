/** Carries out the plans of a service: tasks start, run, become healthy, fail and stop; time is a number. */
import type { ServiceDeployment } from '../../model/service-deployment.ts';
import type { Deployment, ServiceDefinition } from '../../model/service.ts';
import { planService } from '../../scheduler/reconcile/plan-service.ts';
import { planRebalance } from '../../scheduler/rebalance/plan-rebalance.ts';
import type { ZoneRoom } from '../../scheduler/rebalance/zone-room.ts';
import type { ServicePlan, ServiceSnapshot, ServiceTask, StartDecision } from '../../scheduler/service/types.ts';
import { applyDeploymentDecisions, startDeployment, withFailedTasks } from '../../scheduler/rollout/deployments.ts';
import {
  countableFailures,
  definitionAfterRollback,
  taskProgress,
  withTaskProgress,
} from '../../scheduler/rollout/circuit-breaker.ts';
import { hasEnded } from '../../scheduler/rollout/deployment-status.ts';
import { changed, moved, startServiceDeployment } from '../../scheduler/rollout/service-deployments.ts';
import { failedToStart } from '../../scheduler/tasks/failed-to-start.ts';
import { afterStartFailure, afterStartSuccess, resetThrottle } from '../../scheduler/throttle/throttle.ts';
import { aSnapshot } from './service-builders.ts';

export interface SimulatorOptions {
  readonly definition?: Partial<ServiceDefinition>;
  readonly hasHealthCheck?: boolean;
  /** Instances and their zones; tasks are placed on them in turn. */
  readonly instances?: Readonly<Record<string, string>>;
}

export class ServiceSimulator {
  now: number;
  snapshot: ServiceSnapshot;
  readonly plans: ServicePlan[] = [];
  readonly events: string[] = [];
  readonly stoppedIds: string[] = [];
  /** Deployments whose tasks stop before they run. */
  readonly brokenDeployments = new Set<string>();
  /** Deployments whose tasks run but turn UNHEALTHY. */
  readonly sickDeployments = new Set<string>();
  private readonly hasHealthCheck: boolean;
  private readonly instances: readonly (readonly [string, string])[];
  private started = 0;
  private deployed = 0;

  constructor(options: SimulatorOptions = {}, now = 1_800_000_000_000) {
    this.now = now;
    this.hasHealthCheck = options.hasHealthCheck ?? false;
    this.instances = Object.entries(options.instances ?? { i1: 'a', i2: 'b', i3: 'c' });
    this.snapshot = aSnapshot({
      ...(options.definition === undefined ? {} : { definition: options.definition }),
      deployments: [],
      drainingInstanceIds: [],
    });
    this.deploy();
  }

  /** Starts a new deployment and returns its id. */
  deploy(): string {
    const deploymentId = `ecs-svc/${String(++this.deployed).padStart(19, '0')}`;
    const spec = { deploymentId, taskDefinitionArn: `web:${this.deployed}`, serviceRevisionId: `${this.deployed}` };
    const deployments: readonly Deployment[] = startDeployment(this.snapshot.deployments, spec, this.now);
    const [deployment, ...older] = deployments;
    const withTasks = new Set(this.snapshot.tasks.map((task) => task.deploymentId));
    const sources = older.filter((each) => withTasks.has(each.deploymentId));
    const serviceDeployments =
      deployment === undefined
        ? []
        : startServiceDeployment(
            this.snapshot.serviceDeployments ?? [],
            { serviceDeploymentId: `d${this.deployed}`, deployment, sources },
            this.now,
          );
    this.set({ deployments, serviceDeployments, throttle: resetThrottle() });
    return deploymentId;
  }

  /** The newest service deployment. */
  get current(): ServiceDeployment {
    const [current] = this.snapshot.serviceDeployments ?? [];
    if (current === undefined) throw new Error('the service has no service deployment');
    return current;
  }

  private setCurrent(current: ServiceDeployment): void {
    const [, ...older] = this.snapshot.serviceDeployments ?? [];
    this.set({ serviceDeployments: [current, ...older] });
  }

  /** StopServiceDeployment. An order that is no longer possible changes nothing. */
  order(stopType: 'ROLLBACK' | 'ABORT'): void {
    const { current, now } = this;
    if (hasEnded(current.status)) return;
    if (stopType === 'ROLLBACK') this.setCurrent(moved(current, 'ROLLBACK_REQUESTED', now));
    else if (current.status !== 'ROLLBACK_IN_PROGRESS') this.setCurrent(moved(current, 'STOP_REQUESTED', now));
    else this.setCurrent(changed(current, { abortRequested: true }, now));
  }

  /** ContinueServiceDeployment with CONTINUE, for every waiting hook. */
  continueHooks(): void {
    const { hooks = [] } = this.current;
    if (!hooks.some(({ status }) => status === 'AWAITING_ACTION')) return;
    const answered = hooks.map((hook) =>
      hook.status === 'AWAITING_ACTION' ? { ...hook, status: 'SUCCEEDED' as const } : hook,
    );
    this.setCurrent(changed(this.current, { hooks: answered }, this.now));
  }

  set(changes: Partial<ServiceSnapshot>): void {
    this.snapshot = { ...this.snapshot, ...changes };
  }

  update(changes: Partial<ServiceDefinition>): void {
    this.set({ definition: { ...this.snapshot.definition, ...changes } });
  }

  change(taskId: string, changes: Partial<ServiceTask>): void {
    const before = this.snapshot.tasks.find((task) => task.taskId === taskId);
    if (before === undefined) return;
    const after = { ...before, ...changes };
    const { definition, deployments, tasks } = this.snapshot;
    this.set({
      tasks: tasks.map((task) => (task === before ? after : task)),
      deployments: withTaskProgress(definition, deployments, [taskProgress(before, after)], this.now),
    });
  }

  /** Plans once and carries out the plan: new tasks are PENDING, stopped ones are stopping. */
  plan(): ServicePlan {
    const plan = planService(this.snapshot, this.now);
    this.plans.push(plan);
    this.events.push(...plan.events);
    const stops = new Map(plan.stop.map((stop) => [stop.taskId, stop]));
    this.stoppedIds.push(...stops.keys());
    const kept = this.snapshot.tasks.map((task): ServiceTask => {
      const stop = stops.get(task.taskId);
      return stop ? { ...task, ...stop, desiredStatus: 'STOPPED' } : task;
    });
    const fresh = plan.start.flatMap((start) => this.newTasks(start));
    const { steadySince: _since, movingIds: _moving, ...rest } = this.snapshot;
    this.snapshot = {
      ...rest,
      tasks: [...kept, ...fresh],
      deployments: applyDeploymentDecisions(this.snapshot.deployments, plan.deployments, this.now),
      ...(plan.serviceDeployments === undefined ? {} : { serviceDeployments: plan.serviceDeployments }),
      notedAt: plan.notedAt,
      ...(plan.steadySince === undefined ? {} : { steadySince: plan.steadySince }),
      ...(plan.movingIds === undefined ? {} : { movingIds: plan.movingIds }),
      ...(plan.becomesInactive ? { status: 'INACTIVE' } : {}),
    };
    if (plan.deployments.some(({ kind }) => kind === 'rollBack')) {
      const [primary] = this.snapshot.deployments;
      const { definition } = this.snapshot;
      this.set({
        throttle: resetThrottle(),
        ...(primary ? { definition: definitionAfterRollback(definition, primary) } : {}),
      });
    }
    return plan;
  }

  /**
   * While the service is steady, checks whether its zones are balanced, and starts tasks for moves. Returns how many.
   */
  rebalance(rooms: readonly ZoneRoom[]): number {
    if (this.snapshot.steadySince === undefined) return 0;
    const plan = planRebalance(this.snapshot, rooms, this.now);
    this.events.push(...plan.events);
    const fresh = plan.start.flatMap((start) => this.newTasks(start));
    const { balance: _balance, ...rest } = this.snapshot;
    this.snapshot = {
      ...rest,
      tasks: [...rest.tasks, ...fresh],
      ...(plan.balance === undefined ? {} : { balance: plan.balance }),
      ...(fresh.length === 0 ? {} : { movingIds: fresh.map(({ taskId }) => taskId) }),
    };
    return fresh.length;
  }

  /** Moves one task on: PENDING → RUNNING → its health; stopping → gone. */
  step(taskId: string): void {
    const task = this.snapshot.tasks.find((item) => item.taskId === taskId);
    if (task === undefined) return;
    if (task.desiredStatus === 'STOPPED') this.remove(task);
    else if (task.lastStatus === 'PENDING') this.leavePending(task);
    else if (task.hasHealthCheck && task.healthStatus === 'UNKNOWN') {
      this.change(taskId, { healthStatus: this.sickDeployments.has(task.deploymentId) ? 'UNHEALTHY' : 'HEALTHY' });
    }
  }

  stepAll(): void {
    for (const { taskId } of this.snapshot.tasks) this.step(taskId);
  }

  /** A task stops by itself. */
  crash(taskId: string): void {
    const task = this.snapshot.tasks.find((item) => item.taskId === taskId);
    if (task) this.remove(task);
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

  private newTasks({ deploymentId, count, replaces, zone, instanceIds = [] }: StartDecision): readonly ServiceTask[] {
    return Array.from({ length: count }, (_, i) => {
      const task = this.newTask(deploymentId, replaces[i]);
      const instanceId = instanceIds[i];
      if (instanceId !== undefined) return { ...task, containerInstanceId: instanceId };
      return zone === undefined ? task : { ...task, availabilityZone: zone, containerInstanceId: `i-${zone}` };
    });
  }

  private newTask(deploymentId: string, replaces: string | undefined): ServiceTask {
    const [containerInstanceId = '', availabilityZone = ''] =
      this.instances[this.started % this.instances.length] ?? [];
    return {
      taskId: `task-${String(this.started++).padStart(5, '0')}`,
      deploymentId,
      containerInstanceId,
      availabilityZone,
      lastStatus: 'PENDING',
      desiredStatus: 'RUNNING',
      healthStatus: 'UNKNOWN',
      hasHealthCheck: this.hasHealthCheck,
      createdAt: this.now,
      ...(replaces === undefined ? {} : { replaces }),
      version: 1,
    };
  }

  private leavePending(task: ServiceTask): void {
    if (this.brokenDeployments.has(task.deploymentId)) {
      this.remove({ ...task, stopCode: 'TaskFailedToStart' });
      return;
    }
    this.change(task.taskId, { lastStatus: 'RUNNING', startedAt: this.now });
    this.set({ throttle: afterStartSuccess(this.snapshot.throttle) });
  }

  private remove(task: ServiceTask): void {
    const stopped: ServiceTask = { ...task, lastStatus: 'STOPPED' };
    const { definition, deployments, throttle } = this.snapshot;
    const counted = countableFailures(definition, deployments, [stopped]);
    const ofPrimary = deployments[0]?.deploymentId === task.deploymentId;
    this.set({
      tasks: this.snapshot.tasks.filter(({ taskId }) => taskId !== task.taskId),
      deployments: withFailedTasks(deployments, counted, this.now),
      throttle:
        ofPrimary && failedToStart(stopped) ? afterStartFailure(throttle, 1, this.now, 'web').throttle : throttle,
    });
  }
}
