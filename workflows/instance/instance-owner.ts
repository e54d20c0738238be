/** State of one container instance and what each message does to it. */
import { ApplicationFailure, log, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { InstanceRecord, InstanceTask } from '../../activities/control/types.ts';
import type { InstanceRegistration } from '../../model/container-instance.ts';
import type { ContainerInstanceWorkflowInput, ExpectedTask, InstanceNotice } from '../messages.ts';
import { callControl } from '../owner/control.ts';
import type { InstanceState } from '../state.ts';
import { AgentWatch } from './agent-watch.ts';

const refuse = (code: string, message: string): ApplicationFailure => ApplicationFailure.nonRetryable(message, code);

/** `stoppedReason` of tasks whose instance was given up; ECS has no such case, so the words are ours. */
const lostReason = (instanceId: string): string => `Host EC2 (instance ${instanceId}) stopped.`;
const DEREGISTERED_REASON = 'Container instance deregistration forced by user';

export class InstanceOwner {
  readonly #input: ContainerInstanceWorkflowInput;
  readonly state: InstanceState;
  readonly #watch: AgentWatch;
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
    this.#watch = new AgentWatch(input, { onSilent: () => this.#silent(), onGivenUp: () => this.#giveUp() });
  }

  /** Takes the watch up again after continue-as-new. */
  watch(): void {
    if (this.state.givenUp) this.#watch.awaitReturn();
    else if (this.state.sessionId !== '') this.#watch.start(this.state.sessionId);
  }

  stopWatching(): void {
    this.#watch.stop();
  }

  async register(registration: InstanceRegistration): Promise<{ expectedTasks: readonly ExpectedTask[] }> {
    const first = this.state.registeredAt === 0;
    if (first) this.state.registeredAt = Date.now();
    const status = first ? 'ACTIVE' : this.state.status;
    // A new session has reconciled nothing yet: no new work until its watch begins.
    await this.#record({ status, agentConnected: false, registration, registeredAt: this.state.registeredAt }, first);
    this.state.sessionId = registration.sessionId;
    this.state.givenUp = false;
    const expectedTasks = await this.#tasks();
    if (registration.sessionId !== '') this.#watch.start(registration.sessionId);
    return { expectedTasks };
  }

  async agentAttends(sessionId: string): Promise<void> {
    if (this.ended || sessionId !== this.state.sessionId) return;
    this.#watch.heard();
    await this.#record({ agentConnected: true });
    log.info('agent connected', { sessionId });
    await this.#notifyOwners({ kind: 'returned' });
  }

  async setStatus(status: 'ACTIVE' | 'DRAINING'): Promise<undefined> {
    if (this.ended || (this.state.status !== 'ACTIVE' && this.state.status !== 'DRAINING')) {
      throw refuse('InvalidParameterException', 'The container instance is neither ACTIVE nor DRAINING.');
    }
    if (status === this.state.status) return;
    await this.#record({ status });
    await this.#notifyOwners({ kind: status === 'DRAINING' ? 'draining' : 'active' });
  }

  async deregister(force: boolean): Promise<undefined> {
    if (this.ended) return;
    const tasks = await this.#tasks();
    if (tasks.length > 0 && !force) {
      throw refuse('InvalidParameterException', 'Found running tasks on the instance.');
    }
    await this.#record({ status: 'INACTIVE', agentConnected: false });
    await this.#notifyOwners({ kind: 'lost', stoppedReason: DEREGISTERED_REASON }, tasks);
    this.ended = true;
  }

  /** The heartbeats stopped: nothing new is placed there; its tasks are believed to run on. */
  async #silent(): Promise<void> {
    if (this.ended || !this.state.agentConnected) return;
    await this.#record({ agentConnected: false });
  }

  /** Silent for too long: its tasks are replaced elsewhere. The session ends, so that a returning agent must compare first. */
  async #giveUp(): Promise<void> {
    if (this.ended || this.state.givenUp) return;
    this.state.givenUp = true;
    this.state.sessionId = '';
    await this.#notifyOwners({ kind: 'lost', stoppedReason: lostReason(this.#input.containerInstanceId) });
    this.#watch.awaitReturn();
  }

  async #record(
    changes: Partial<Pick<InstanceRecord, 'status' | 'agentConnected' | 'registration' | 'registeredAt'>>,
    first = false,
  ): Promise<void> {
    // Above every version of an earlier life of the same instance id.
    this.state.recordVersion = Math.max(this.state.recordVersion + 1, Date.now());
    const version = this.state.recordVersion;
    try {
      await callControl((activities) => activities.recordInstance({ ...this.#input, version, ...changes }));
    } catch (error) {
      // Nothing was registered: the workflow has no reason to live on.
      if (first) this.ended = true;
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
    return callControl((activities) => activities.listInstanceTasks({ containerInstanceId }));
  }

  async #notifyOwners(
    notice: Omit<InstanceNotice, 'containerInstanceId'>,
    tasks?: readonly InstanceTask[],
  ): Promise<void> {
    const owners = new Set((tasks ?? (await this.#tasks())).map((task) => task.ownerWorkflowId));
    if (owners.size === 0) return;
    await callControl((activities) =>
      activities.notifyOwners({
        ownerWorkflowIds: [...owners].sort(),
        notice: { ...notice, containerInstanceId: this.#input.containerInstanceId },
      }),
    );
  }
}
