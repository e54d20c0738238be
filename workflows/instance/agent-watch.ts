/** Watches one agent through a heartbeating activity on its own queue, and counts how long it stays silent. */
import {
  ActivityFailure,
  CancellationScope,
  isCancellation,
  proxyActivities,
  sleep,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { HostActivities } from '../../activities/host/types.ts';
import type { InstancePolicy } from '../../activities/control/types.ts';
import { instanceTaskQueue } from '../../model/container-instance.ts';
import type { ContainerInstanceWorkflowInput } from '../messages.ts';
import type { Control } from '../owner/control.ts';

/** Longer than any agent lives; its end only begins the watch anew. */
const WATCH_TIMEOUT = '30 days';

/**
 * Silence is counted in this many steps. A timer that came due while the control plane itself was down counts as one
 * step: after a long outage of everything, agents have time to return before they are given up.
 */
const SILENCE_STEPS = 6;

/** Session id that no agent has: makes an agent that is heard again register anew. */
const NO_SESSION = 'given-up';

/**
 * The silence to count where no heartbeat was missed: an agent may have sent its last one a moment ago, and with fencing its
 * lease lasts from there until the heartbeat would be missed and the instance would be given up. So does this.
 */
const sinceLastHeartbeat = ({ fencing, heartbeatTimeoutMs, giveUpAfterMs }: InstancePolicy): number =>
  fencing === true ? heartbeatTimeoutMs + giveUpAfterMs : giveUpAfterMs;

const isHeartbeatTimeout = (error: unknown): boolean =>
  error instanceof ActivityFailure && error.cause instanceof TimeoutFailure && error.cause.timeoutType === 'HEARTBEAT';

export interface AgentWatchEvents {
  readonly onSilent: () => Promise<void>;
  readonly onSilentForTooLong: () => Promise<void>;
}

export class AgentWatch {
  readonly #input: ContainerInstanceWorkflowInput;
  readonly #events: AgentWatchEvents;
  readonly #control: Control;
  /** Parent of every watch: one that begins while another ends must not end with it. */
  readonly #root = CancellationScope.current();
  #scope: CancellationScope | undefined;
  #silence: CancellationScope | undefined;

  constructor(input: ContainerInstanceWorkflowInput, control: Control, events: AgentWatchEvents) {
    this.#input = input;
    this.#control = control;
    this.#events = events;
  }

  /** Begins to watch a session; an earlier watch ends. Until the agent is heard, it counts as silent. */
  start(sessionId: string): void {
    this.stop();
    this.#begin(async () => {
      const policy = await this.#control.read((activities) => activities.loadInstancePolicy());
      let silenceMs = sinceLastHeartbeat(policy);
      for (;;) {
        this.#countSilence(silenceMs);
        const hasMissedHeartbeats = await this.#attend(policy, sessionId);
        silenceMs = hasMissedHeartbeats ? policy.giveUpAfterMs : sinceLastHeartbeat(policy);
        // A watch that ends meanwhile must not count silence any more.
        await Promise.race([this.#events.onSilent(), CancellationScope.current().cancelRequested]);
      }
    });
  }

  /** Waits, for as long as it takes, for an agent to be heard again: whichever session it has, it must register anew. */
  awaitReturn(): void {
    this.stop();
    this.#begin(async () => {
      const policy = await this.#control.read((activities) => activities.loadInstancePolicy());
      for (;;) await this.#attend(policy, NO_SESSION);
    });
  }

  /** The agent attends: its silence is over. */
  heard(): void {
    this.#silence?.cancel();
    this.#silence = undefined;
  }

  stop(): void {
    this.heard();
    this.#scope?.cancel();
    this.#scope = undefined;
  }

  #begin(work: () => Promise<void>): void {
    const scope = new CancellationScope({ cancellable: true, parent: this.#root });
    this.#scope = scope;
    this.#run(scope, work);
  }

  /** Returns when the agent has ended or its heartbeats have stopped; true for the latter. */
  async #attend(policy: InstancePolicy, sessionId: string): Promise<boolean> {
    const activities = proxyActivities<HostActivities>({
      taskQueue: instanceTaskQueue(this.#input.containerInstanceId),
      startToCloseTimeout: WATCH_TIMEOUT,
      heartbeatTimeout: policy.heartbeatTimeoutMs,
      retry: { maximumAttempts: 1 },
      summary: 'watch the agent',
    });
    try {
      const fencing = policy.fencing === true ? { fencing: { lostAfterMs: policy.giveUpAfterMs } } : {};
      await activities.attendInstance({ ...this.#input, sessionId, ...fencing });
      return false;
    } catch (error) {
      if (isCancellation(error)) throw error;
      return isHeartbeatTimeout(error);
    }
  }

  /** Runs until the agent is heard or has been silent for too long. */
  #countSilence(silenceMs: number): void {
    if (this.#silence) return;
    const scope = new CancellationScope({ cancellable: true, parent: this.#root });
    this.#silence = scope;
    this.#run(scope, async () => {
      for (let step = 0; step < SILENCE_STEPS; step += 1) await sleep(silenceMs / SILENCE_STEPS);
      this.#silence = undefined;
      await this.#events.onSilentForTooLong();
    });
  }

  #run(scope: CancellationScope, work: () => Promise<void>): void {
    scope.run(work).catch((error: unknown) => {
      if (!isCancellation(error)) throw error;
    });
  }
}
