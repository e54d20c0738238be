/** The agent's session with the control plane: one at a time, and each begins with a registration and a reconciliation. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { AgentSession } from '../activities/host/index.ts';
import type { ExpectedHostTask } from '../activities/host/launch/host-tasks.ts';
import type { InstanceControl } from '../model/agent-calls.ts';
import type { ExpectedTask, InstanceRegistration } from '../model/container-instance.ts';
import { isBeforeRunning } from '../model/status.ts';
import type { TaskStatus } from '../model/status.ts';
import type { Allowed } from '../model/task-guards.ts';
import type { EpochMs } from '../model/time.ts';

/**
 * The agent registers a deregistered instance again after this time, as the ECS agent does; a restart does it at once.
 * Until then the instance's containers keep running, and it gets no new tasks.
 */
const DEREGISTERED_WAIT_MS = 3_600_000;

export interface SessionDeps {
  readonly control: InstanceControl;
  /** Describes the instance, afresh for each session. `isFirst`: no session of this agent has begun yet. */
  readonly describe: (session: { readonly isFirst: boolean }) => Promise<Omit<InstanceRegistration, 'sessionId'>>;
  /** Stops unexpected tasks and reports on the others. The session takes work afterwards. */
  readonly reconcile: (expected: readonly ExpectedHostTask[]) => Promise<void>;
  /** Told at each registration, before the session takes work: what tasks may do to the host. */
  readonly allow?: (allowed: Allowed | undefined) => void;
  /** Called once: the control plane watches the agent and has taken its announcement, so work reaches it. */
  readonly takesWork?: () => void;
  /** Absent: a deregistered instance stays deregistered. */
  readonly comesBack?: {
    readonly logger: Pick<Logger, 'warn'>;
    /** Ends the wait. */
    readonly shutdown: AbortSignal;
    /** Default DEREGISTERED_WAIT_MS. */
    readonly afterMs?: number;
  };
}

export class ControlPlaneSession implements AgentSession {
  readonly #deps: SessionDeps;
  #registration: InstanceRegistration | undefined;
  #ordersFrom: EpochMs = 0;
  #renewal: Promise<void> | undefined;
  #absence: Promise<void> | undefined;
  #isAnnounced = false;

  constructor(deps: SessionDeps) {
    this.#deps = deps;
  }

  /** Registers in a new session and reconciles. Concurrent calls share one session. */
  renew(): Promise<void> {
    this.#renewal ??= this.#register().finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  async confirm(sessionId: string): Promise<boolean> {
    // A session is valid once its reconciliation is done.
    await this.#renewal;
    if (this.#registration?.sessionId === sessionId) return true;
    await this.renew();
    return false;
  }

  voids(orderedAt: EpochMs): boolean {
    return orderedAt < this.#ordersFrom;
  }

  unwatched(): void {
    const { comesBack } = this.#deps;
    if (comesBack === undefined) return;
    this.#absence ??= this.#returnIfDeregistered(comesBack)
      .catch((error: unknown) =>
        comesBack.logger.warn({ err: error }, 'could not register the container instance again'),
      )
      .finally(() => {
        this.#absence = undefined;
      });
  }

  async announce(): Promise<void> {
    if (this.#registration === undefined) return;
    await this.#deps.control.announce(this.#registration);
    if (this.#isAnnounced) return;
    this.#isAnnounced = true;
    this.#deps.takesWork?.();
  }

  async isAttended(): Promise<boolean> {
    return this.#registration !== undefined && (await this.#deps.control.isAttended(this.#registration));
  }

  async #returnIfDeregistered(how: NonNullable<SessionDeps['comesBack']>): Promise<void> {
    const { control } = this.#deps;
    const { logger, shutdown, afterMs = DEREGISTERED_WAIT_MS } = how;
    const registration = this.#registration;
    if (registration === undefined || (await control.isRegistered(registration))) return;
    logger.warn(
      'the container instance was deregistered; the agent registers it again after an hour, or when you restart it',
    );
    await sleep(afterMs, undefined, { signal: shutdown, ref: false }).catch(() => undefined);
    if (shutdown.aborted || (await control.isRegistered(registration))) return;
    await this.renew();
  }

  async #register(): Promise<void> {
    const isFirst = this.#registration === undefined;
    const registration = { ...(await this.#deps.describe({ isFirst })), sessionId: randomUUID() };
    const { expectedTasks, ordersFrom = 0, allowed } = await this.#deps.control.register(registration);
    this.#deps.allow?.(allowed);
    this.#registration = registration;
    // Set before the reconciliation: a launch that the reconciliation did not find must not begin after it.
    this.#ordersFrom = ordersFrom;
    await this.#deps.reconcile(expectedTasks.map(toHostTask));
  }
}

const toHostTask = (task: ExpectedTask): ExpectedHostTask => ({
  taskId: task.taskId,
  ownerWorkflowId: task.ownerWorkflowId,
  wasRunning: !isBeforeRunning(task.lastStatus as TaskStatus),
  shouldStop: task.desiredStatus === 'STOPPED',
});
