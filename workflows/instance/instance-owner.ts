/** State of one container instance and what each message does to it. */
import { ApplicationFailure, log, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { InstanceTask } from '../../activities/control/types.ts';
import type { InstanceRecord } from '../../model/owner-record.ts';
import type { CallCause, Decision, DecisionDraft, InstanceReason } from '../../model/decision.ts';
import { instanceLost } from '../../model/container-instance.ts';
import type { InstanceRegistration } from '../../model/container-instance.ts';
import { describeChanges } from '../../model/decision-changes.ts';
import type { InstanceNotice } from '../../model/owner-signals.ts';
import type { Called } from '../../model/commands.ts';
import type { ContainerInstanceWorkflowInput, ExpectedWork } from '../messages.ts';
import { Control } from '../owner/control.ts';
import { newDecision } from '../owner/decision-record.ts';
import type { InstanceState } from '../state.ts';
import { AgentWatch } from './agent-watch.ts';
import { Interruption, STOP_TASKS_AFTER_NOTICE_MS } from './interruption.ts';

const refuse = (code: string, message: string): ApplicationFailure => ApplicationFailure.nonRetryable(message, code);

const INTERRUPTED_REASON = 'Notice of a spot interruption was given.';
const DEREGISTERED_REASON = 'Container instance deregistration forced by user';

const because = (cause: CallCause | undefined): Called => (cause === undefined ? {} : { cause });

/** Why a row is written. */
interface Recorded {
  readonly reason: InstanceReason;
  readonly cause?: CallCause | undefined;
  readonly changes?: DecisionDraft['changes'];
  readonly first?: boolean;
}

export class InstanceOwner {
  readonly #input: ContainerInstanceWorkflowInput;
  readonly state: InstanceState;
  readonly #control = new Control();
  readonly #watch: AgentWatch;
  readonly #interruption = new Interruption();
  ended = false;

  constructor(input: ContainerInstanceWorkflowInput, carried: InstanceState | undefined) {
    this.#input = input;
    this.state = carried ?? {
      version: 1,
      status: 'REGISTERING',
      agentConnected: false,
      sessionId: '',
      givenUp: false,
      registeredAt: 0,
      recordVersion: 0,
    };
    this.#watch = new AgentWatch(input, this.#control, {
      onSilent: () => this.#silent(),
      onGivenUp: () => this.#giveUp(),
    });
  }

  /** Takes the watch up again after continue-as-new. */
  watch(): void {
    this.#awaitInterruption();
    if (this.state.sessionId !== '') this.#watch.start(this.state.sessionId);
    else if (this.state.givenUp) this.#watch.awaitReturn();
  }

  stopWatching(): void {
    this.#interruption.cancel();
    this.#watch.stop();
  }

  async register({ cause, ...registration }: InstanceRegistration & Called): Promise<ExpectedWork> {
    const first = this.state.registeredAt === 0;
    if (first) this.state.registeredAt = Date.now();
    const status = first ? 'ACTIVE' : this.state.status;
    // A new session has reconciled nothing yet: no new work until its watch begins.
    const changes = { status, agentConnected: false, registration, registeredAt: this.state.registeredAt };
    await this.#record(changes, { reason: first ? 'registered' : 'returned', cause, first });
    this.state.sessionId = registration.sessionId;
    const tasks = await this.#tasks();
    if (registration.sessionId !== '') this.#watch.start(registration.sessionId);
    // Owners that have not taken the notice in yet still count on theirs, and Temporal tries their launches again.
    if (this.state.givenUp) this.state.ordersFrom = Date.now();
    const { givenUp, ordersFrom } = this.state;
    return { expectedTasks: givenUp ? [] : tasks, ...(ordersFrom === undefined ? {} : { ordersFrom }) };
  }

  async agentAttends(sessionId: string): Promise<void> {
    if (this.ended || sessionId !== this.state.sessionId) return;
    this.#watch.heard();
    this.state.givenUp = false;
    await this.#record({ agentConnected: true }, { reason: 'connected' });
    log.info('agent connected', { sessionId });
    // An agent that was only not heard has all its work, and Temporal goes on with it: thousands of such notices would come
    // when a control plane is overloaded, of all times.
    if (this.state.toldOfSession === sessionId) return;
    await this.#notifyOwners({ kind: 'returned' });
    this.state.toldOfSession = sessionId;
  }

  async setStatus({ status, cause }: Called & { status: 'ACTIVE' | 'DRAINING' }): Promise<undefined> {
    this.#requireInService();
    if (status === 'ACTIVE') this.#calm();
    if (status === this.state.status) return;
    const changes = { status: [this.state.status, status] } as const;
    await this.#record({ status }, { reason: 'statusSet', cause, changes });
    await this.#notifyOwners({ kind: status === 'DRAINING' ? 'draining' : 'active', ...because(cause) });
  }

  /** Notice of a spot interruption. A second one changes nothing. */
  async interrupt({ cause }: Called): Promise<undefined> {
    this.#requireInService();
    if (this.state.stopTasksAt !== undefined) return;
    this.state.stopTasksAt = Date.now() + STOP_TASKS_AFTER_NOTICE_MS;
    if (cause === undefined) delete this.state.interruptedBy;
    else this.state.interruptedBy = cause;
    this.#awaitInterruption();
    const { stopTasksAt } = this.state;
    const record = { status: 'DRAINING', statusReason: INTERRUPTED_REASON, stopTasksAt } as const;
    const changes = describeChanges({ status: this.state.status }, { status: 'DRAINING' });
    await this.#record(record, { reason: 'interrupted', cause, changes });
    await this.#notifyOwners({ kind: 'draining', bySpotInterruption: true, ...because(cause) });
  }

  async deregister({ force, cause }: Called & { force: boolean }): Promise<undefined> {
    if (this.ended) return;
    const tasks = await this.#tasks();
    if (tasks.length > 0 && !force) {
      throw refuse('InvalidParameterException', 'Found running tasks on the instance.');
    }
    const record = { status: 'INACTIVE', agentConnected: false } as const;
    await this.#record(record, { reason: 'deregistered', cause, changes: { force: ['', String(force)] } });
    const lost = { kind: 'lost', stopCode: 'UserInitiated', stoppedReason: DEREGISTERED_REASON } as const;
    await this.#notifyOwners({ ...lost, ...because(cause) }, tasks);
    this.ended = true;
  }

  #requireInService(): void {
    if (!this.ended && (this.state.status === 'ACTIVE' || this.state.status === 'DRAINING')) return;
    throw refuse('InvalidParameterException', 'The container instance is neither ACTIVE nor DRAINING.');
  }

  #awaitInterruption(): void {
    const { stopTasksAt } = this.state;
    if (stopTasksAt === undefined) return;
    this.#interruption.start(stopTasksAt, async () => {
      if (!this.ended) await this.#notifyOwners({ kind: 'interrupted', ...because(this.state.interruptedBy) });
    });
  }

  /** There is no interruption any more. */
  #calm(): void {
    this.#interruption.cancel();
    delete this.state.stopTasksAt;
    delete this.state.interruptedBy;
  }

  /** The heartbeats stopped: nothing new is placed there; its tasks are believed to run on. */
  async #silent(): Promise<void> {
    if (this.ended || !this.state.agentConnected) return;
    await this.#record({ agentConnected: false }, { reason: 'silent' });
  }

  /** Silent for too long: its tasks are replaced elsewhere. The session ends, so that a returning agent must compare first. */
  async #giveUp(): Promise<void> {
    if (this.ended || (this.state.givenUp && this.state.sessionId === '')) return;
    this.state.givenUp = true;
    this.state.sessionId = '';
    const { clusterName } = this.#input;
    const decisions = [this.#decision({ reason: 'givenUp' })];
    await this.#control.write((activities) => activities.recordOwner({ clusterName, events: [], decisions }));
    await this.#notifyOwners({ kind: 'lost', ...instanceLost(this.#input.containerInstanceId) });
    this.#watch.awaitReturn();
  }

  #decision({ reason, cause, changes }: Recorded): Decision {
    const { clusterName, containerInstanceId } = this.#input;
    const draft: DecisionDraft = {
      reasons: [{ reason, count: 1 }],
      tasks: [],
      containerInstanceIds: [containerInstanceId],
      ...(changes === undefined ? {} : { changes }),
    };
    return newDecision(clusterName, draft, cause === undefined ? [] : [cause]);
  }

  async #record(
    changes: Partial<
      Pick<
        InstanceRecord,
        'status' | 'statusReason' | 'stopTasksAt' | 'agentConnected' | 'registration' | 'registeredAt'
      >
    >,
    why: Recorded,
  ): Promise<void> {
    // Above every version of an earlier life of the same instance id.
    this.state.recordVersion = Math.max(this.state.recordVersion + 1, Date.now());
    const version = this.state.recordVersion;
    const decisions = [this.#decision(why)];
    try {
      await this.#control.write((activities) =>
        activities.recordInstance({ ...this.#input, version, ...changes, decisions }),
      );
    } catch (error) {
      // Nothing was registered: the workflow has no reason to live on.
      if (why.first) this.ended = true;
      throw error;
    }
    if (changes.status !== undefined) this.state.status = changes.status;
    if (changes.agentConnected !== undefined) this.state.agentConnected = changes.agentConnected;
    setCurrentDetails(
      `**${this.state.status}**, agent ${this.state.agentConnected ? 'connected' : 'not connected'} · ${workflowInfo().workflowId}`,
    );
  }

  async #tasks(): Promise<readonly InstanceTask[]> {
    const { containerInstanceId } = this.#input;
    return this.#control.read((activities) => activities.listInstanceTasks({ containerInstanceId }));
  }

  async #notifyOwners(
    notice: Omit<InstanceNotice, 'containerInstanceId'>,
    tasks?: readonly InstanceTask[],
  ): Promise<void> {
    const owners = new Set((tasks ?? (await this.#tasks())).map((task) => task.ownerWorkflowId));
    if (owners.size === 0) return;
    await this.#control.write((activities) =>
      activities.notifyOwners({
        ownerWorkflowIds: [...owners].sort(),
        notice: { ...notice, containerInstanceId: this.#input.containerInstanceId },
      }),
    );
  }
}
