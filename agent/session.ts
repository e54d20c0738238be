/** The agent's standing with the control plane: registered in one session at a time, reconciled at the start of each. */
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { AgentSession } from '../activities/host/index.ts';
import type { ExpectedHostTask } from '../activities/host/launch/host-tasks.ts';
import type { InstanceRegistration } from '../model/container-instance.ts';
import { isBeforeRunning } from '../model/status.ts';
import type { TaskStatus } from '../model/status.ts';
import type { ExpectedTask } from '../workflows/messages.ts';
import { announceAgent, registerInstance } from './control-plane.ts';

export interface SessionDeps {
  readonly client: Client;
  /** What the instance is, asked anew for each session. */
  readonly describe: () => Promise<Omit<InstanceRegistration, 'sessionId'>>;
  /** Stops what is not expected and reports the rest; the session takes work after that. */
  readonly reconcile: (expected: readonly ExpectedHostTask[]) => Promise<void>;
}

export class ControlPlaneSession implements AgentSession {
  readonly #deps: SessionDeps;
  #registration: InstanceRegistration | undefined;
  #renewal: Promise<void> | undefined;

  constructor(deps: SessionDeps) {
    this.#deps = deps;
  }

  /** Registers in a new session and reconciles. Calls at the same time share one. */
  renew(): Promise<void> {
    this.#renewal ??= this.#register().finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  async confirm(sessionId: string): Promise<boolean> {
    // A session counts once its reconciliation is done.
    await this.#renewal;
    if (this.#registration?.sessionId === sessionId) return true;
    await this.renew();
    return false;
  }

  async announce(): Promise<void> {
    if (this.#registration !== undefined) await announceAgent(this.#deps.client, this.#registration);
  }

  async #register(): Promise<void> {
    const registration = { ...(await this.#deps.describe()), sessionId: randomUUID() };
    const expected = await registerInstance(this.#deps.client, registration);
    this.#registration = registration;
    await this.#deps.reconcile(expected.map(toHostTask));
  }
}

const toHostTask = (task: ExpectedTask): ExpectedHostTask => ({
  taskId: task.taskId,
  ownerWorkflowId: task.ownerWorkflowId,
  wasRunning: !isBeforeRunning(task.lastStatus as TaskStatus),
  shouldStop: task.desiredStatus === 'STOPPED',
});
