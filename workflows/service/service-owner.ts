/**
 * The owner of one service: feeds what it hears into the reducer, and carries out what the reducer wants, round after round. All
 * rules are the reducer's: scheduler/service-owner/.
 */
import { ApplicationFailure, condition, log, setCurrentDetails, sleep, uuid4 } from '@temporalio/workflow';
import type {
  CreateServiceCommand,
  CreateTaskSetCommand,
  ProtectTasksCommand,
  ProtectTasksOutcome,
  StopTaskCommand,
} from '../../model/commands.ts';
import { isEcsError } from '../../model/errors.ts';
import { heldTask, type HeldTask } from '../../model/held-task.ts';
import type { InstanceNotice } from '../../model/owner-signals.ts';
import type { ServiceRecord } from '../../model/service.ts';
import type { Task } from '../../model/task.ts';
import { isDaemon, isDaemonCurrent } from '../../scheduler/service-owner/daemon.ts';
import { startDecision } from '../../scheduler/service-owner/decisions.ts';
import { newService, resumedService } from '../../scheduler/service-owner/deploy.ts';
import type {
  ServiceCall,
  ServiceEffect,
  ServiceFacts,
  ServiceInput,
  ServiceNeed,
  ServiceReduced,
} from '../../scheduler/service-owner/inputs.ts';
import { dueToPlace, groupsToPlace } from '../../scheduler/service-owner/provision.ts';
import { serviceRecord } from '../../scheduler/service-owner/record.ts';
import { reduceSafely } from '../../scheduler/service-owner/reduce.ts';
import { wakeAt } from '../../scheduler/service-owner/wake-at.ts';
import type { ServiceOwnedTask, ServiceState } from '../../scheduler/service/state.ts';
import { Control } from '../owner/control.ts';
import { isControlFlow, messageOf } from '../owner/control-flow.ts';
import { ownDecision } from '../owner/decision-record.ts';
import { taskListDetails } from '../owner/details.ts';
import { given } from '../owner/given.ts';
import { OwnerEffects } from '../owner/owner-effects.ts';
import { placeAllWaiting } from '../owner/place-waiting.ts';
import { RecordWriter } from '../owner/record-writer.ts';
import { Reservations } from '../owner/reservations.ts';
import type { CarriedService } from '../state.ts';
import { look, readFact } from './facts.ts';
import { launchOf } from './launch-of.ts';
import { historyIsLong, untilNextPlan } from './pace.ts';
import { placeStart, type Start } from './place-start.ts';

/** A wake-up time that is due already must not spin the loop. */
const MIN_WAIT_MS = 50;
/** A plan that could not be carried out is made again after this. Calls are answered meanwhile. */
const AFTER_FAILED_PLAN_MS = 10_000;

const NOT_TAKEN_IN = 'The service met an error when it took the task in. Its events say which.';

export class ServiceOwner {
  #state: ServiceState;
  readonly #clusterName: string;
  readonly #control = new Control();
  readonly #writer: RecordWriter;
  readonly #effects: OwnerEffects<ServiceOwnedTask>;
  readonly #reservations = new Reservations((notice) => this.tell({ kind: 'notice', notice }));
  #plannedAt = 0;
  /** False once the run has come to its end: a look that was due is the next run's. */
  #running = true;

  private constructor(state: ServiceState) {
    this.#state = state;
    const { clusterName } = state.definition;
    this.#clusterName = clusterName;
    this.#writer = new RecordWriter(this.#control, clusterName, (why) => {
      this.tell({ kind: 'failed', what: `was unable to record a change as it was. Reason: ${why}` });
    });
    this.#effects = new OwnerEffects({
      clusterName,
      writer: this.#writer,
      tasks: () => this.#state.tasks,
      taskDefinitions: () => this.#state.taskDefinitions,
      launchOf: (task) => launchOf(this.#state, task),
      onReports: (reports) => {
        this.tell({ kind: 'reports', reports });
      },
    });
  }

  static created(command: CreateServiceCommand): ServiceOwner {
    const owner = new ServiceOwner(newService(command, given()));
    owner.tell({ kind: 'created', ...(command.cause ? { cause: command.cause } : {}) });
    return owner;
  }

  static resumed({ state, tasks, provisioning }: CarriedService): ServiceOwner {
    const owner = new ServiceOwner(resumedService(state, tasks, provisioning));
    owner.tell({ kind: 'resume' });
    return owner;
  }

  get state(): ServiceState {
    return this.#state;
  }

  /** For the next run. */
  carry(): CarriedService {
    const { tasks, provisioning, run: _run, ...state } = this.#state;
    return { state, tasks: [...tasks.values()], ...(provisioning === undefined ? {} : { provisioning }) };
  }

  get ownedTasks(): readonly HeldTask[] {
    return [...this.#state.tasks.values()].map(heldTask);
  }

  /** As it would be read if it were written now: a claim to room is not read back. */
  get row(): ServiceRecord {
    const { daemonClaim: _claim, ...row } = serviceRecord(this.#state);
    return row;
  }

  get isRecorded(): boolean {
    return this.#writer.idle;
  }

  /** Everything decided so far is in the store; so is the desired count of a DAEMON service, which the instances decide. */
  async recorded(): Promise<void> {
    if (isDaemon(this.#state)) {
      await condition(() => isDaemonCurrent(this.#state) || this.#state.status !== 'ACTIVE' || !this.#running);
    }
    await this.#writer.flushed();
  }

  // ---- inputs --------------------------------------------------------------------------------------------------------

  /** A call: refused, or done and recorded. */
  async call(call: ServiceCall): Promise<ServiceReduced> {
    const reduced = this.#reduce(call);
    if ('error' in reduced) throw ApplicationFailure.nonRetryable(reduced.error.message, 'ServerException');
    await (call.kind === 'update' ? this.recorded() : this.#writer.flushed());
    return reduced;
  }

  async createTaskSet(command: CreateTaskSetCommand): Promise<{ taskSetId: string }> {
    const { taskSetId } = await this.call({ kind: 'createTaskSet', command });
    if (taskSetId === undefined) throw withoutAnswer();
    return { taskSetId };
  }

  stopTask(command: StopTaskCommand): Promise<unknown> {
    return this.#whenHeld([command.taskId], () => this.call({ kind: 'stopTask', command }));
  }

  async protectTasks(command: ProtectTasksCommand): Promise<ProtectTasksOutcome> {
    const { protection } = await this.#whenHeld(command.taskIds, () => this.call({ kind: 'protectTasks', command }));
    if (protection === undefined) throw withoutAnswer();
    return protection;
  }

  /** At once where the service holds the tasks: a promise more would reorder the commands of older histories. */
  #whenHeld<T>(taskIds: readonly string[], call: () => Promise<T>): Promise<T> {
    const held = taskIds.every((taskId) => this.#state.tasks.has(taskId));
    return held || !this.#reservations.areUnderWay ? call() : this.#reservations.settled().then(call);
  }

  noticed(notice: InstanceNotice): void {
    this.tell({ kind: 'notice', notice });
    this.#reservations.heard(notice);
  }

  /** Anything else that the service hears. */
  tell(input: ServiceInput): void {
    this.#reduce(input);
  }

  #reduce(input: ServiceInput): ReturnType<typeof reduceSafely> {
    const reduced = this.#safely(input);
    this.#state = reduced.state;
    if ('error' in reduced)
      log.error('an input was discarded', { input: input.kind, err: String(reduced.error.stack) });
    for (const effect of reduced.effects) this.#carryOut(effect);
    return reduced;
  }

  #safely(input: ServiceInput): ReturnType<typeof reduceSafely> {
    try {
      return reduceSafely(this.#state, input, given());
    } catch (error) {
      throw isEcsError(error) ? ApplicationFailure.nonRetryable(error.message, error.code) : error;
    }
  }

  #carryOut(effect: ServiceEffect): void {
    switch (effect.kind) {
      case 'row':
        this.#writer.addRollout(effect.rollout);
        this.#writer.putService(() => serviceRecord(effect.state));
        return;
      case 'event':
        this.#writer.addEvent({ id: uuid4(), createdAt: Date.now(), message: effect.message });
        return;
      case 'action':
        this.#writer.addAction({ ...effect.action, createdAt: Date.now() });
        return;
      case 'need':
      case 'start':
        // The round that asked for them sees to these.
        return;
      default:
        this.#effects.carryOut(effect);
    }
  }

  // ---- rounds --------------------------------------------------------------------------------------------------------

  /** Plans and acts until the service is INACTIVE (false) or its history is long enough to continue as new (true). */
  async run(): Promise<boolean> {
    for (;;) {
      if (this.#state.status === 'INACTIVE') return false;
      if (this.#historyIsLong) {
        this.#running = false;
        return true;
      }
      if ((await this.#roundSafely()) && this.#isActive()) await this.#waitForChange();
    }
  }

  #isActive(): boolean {
    return this.#state.status !== 'INACTIVE';
  }

  get #historyIsLong(): boolean {
    return historyIsLong(this.#effects.batchesUnderWay);
  }

  /** False: the plan could not be made or carried out. The next one would meet the same: it has time. */
  async #roundSafely(): Promise<boolean> {
    try {
      if (await this.#round()) return true;
    } catch (error) {
      if (isControlFlow(error)) throw error;
      this.tell({ kind: 'failed', what: `was unable to carry out its plan. Reason: ${messageOf(error)}` });
    }
    await sleep(AFTER_FAILED_PLAN_MS);
    return false;
  }

  /** One plan, with the facts that it asks for, carried out. False: it met an error, which the service has told. */
  async #round(): Promise<boolean> {
    this.tell({ kind: 'round' });
    if ((dueToPlace(this.#state) ?? Infinity) <= Date.now()) await this.#placeWaiting();
    let facts: ServiceFacts = {};
    for (;;) {
      this.#plannedAt = Date.now();
      const reduced = this.#reduce({ kind: 'plan', facts });
      if ('error' in reduced) return false;
      const need = reduced.effects.find((effect) => effect.kind === 'need')?.need;
      if (need === undefined) {
        for (const effect of reduced.effects) if (effect.kind === 'start') await this.#start(effect);
        break;
      }
      if (need.kind === 'look') {
        if ('error' in this.#reduce(await look(this.#control, need))) return false;
      } else facts = { ...facts, ...(await readFact(this.#control, need)) };
      // Zones of a service that has changed meanwhile say nothing: the next round asks again.
      if (isOfZones(need) && this.#state.run.changed) break;
    }
    this.#show();
    return true;
  }

  async #start(effect: Start): Promise<void> {
    this.#reservations.begin();
    try {
      const placed = await placeStart({
        control: this.#control,
        state: this.#state,
        effect,
        decide: (attempt) => ownDecision(this.#clusterName, startDecision(this.#state, attempt, given())),
      });
      // Rows that the owner does not know would hold their places for ever.
      if ('error' in this.#reduce({ kind: 'placed', placed })) for (const task of placed.tasks) this.#giveUp(task);
    } finally {
      this.#reservations.end();
    }
  }

  #giveUp({ taskId, version }: Task): void {
    const why = { stopCode: 'TaskFailedToStart', stoppedReason: NOT_TAKEN_IN } as const;
    const changes = { desiredStatus: 'STOPPED', lastStatus: 'STOPPED', stoppedAt: Date.now(), ...why } as const;
    this.#writer.patchTask({ taskId, version: version + 1, changes });
  }

  /** Tasks that wait for capacity get it, or are ended. */
  #placeWaiting(): Promise<void> {
    return placeAllWaiting({
      reservations: this.#reservations,
      control: this.#control,
      clusterName: this.#clusterName,
      timeoutMs: this.#state.run.provisioningTimeoutMs,
      groups: () => groupsToPlace(this.#state),
      heard: () => this.#state.heard,
      tell: (input) => {
        this.tell(input);
      },
    });
  }

  /** Until there is something to plan on, or the history is long. */
  async #waitForChange(): Promise<void> {
    const changed = (): boolean => this.#state.run.changed || this.#historyIsLong;
    const until = wakeAt(this.#state);
    if (until === undefined) await condition(changed);
    else if (!(await condition(changed, Math.max(until - Date.now(), MIN_WAIT_MS)))) this.tell({ kind: 'time' });
    await untilNextPlan(this.#state.tasks.size, this.#plannedAt);
  }

  #show(): void {
    const { definition, deployments, status, run, tasks } = this.#state;
    const rollouts = deployments.map((d) => `${d.status} \`${d.deploymentId}\` ${d.rolloutState}`).join(', ');
    const sentence = `**${definition.serviceName}** ${status}, desired ${definition.desiredCount}. Waits for ${run.waitingFor}.\n\n${rollouts}`;
    setCurrentDetails(taskListDetails([...tasks.values()], sentence));
  }
}

const isOfZones = ({ kind }: ServiceNeed): boolean => kind === 'zones' || kind === 'rooms';

const withoutAnswer = (): ApplicationFailure =>
  ApplicationFailure.nonRetryable('The call has no answer.', 'ServerException');
