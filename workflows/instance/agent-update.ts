/** Has the agent carry out its own update, by activities on its own queue: one at a time. */
import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  proxyActivities,
} from '@temporalio/workflow';
import type { AgentUpdateActivities } from '../../activities/host/update-types.ts';
import { AGENT_ENDED, type AgentBuild } from '../../model/agent-update.ts';
import { instanceTaskQueue } from '../../model/container-instance.ts';
import type { AgentUpdateInput } from '../../scheduler/instance-owner/inputs.ts';
import type { ContainerInstanceWorkflowInput } from '../messages.ts';

/** Longer than a package takes over a slow line. */
const STAGING_TIMEOUT = '1 hour';
const HEARTBEAT_TIMEOUT = '30s';
/** The agent answers before it does anything. */
const SWITCH_TIMEOUT = '30s';

/**
 * The types of the failures with which an agent that ends in order gives its part back. The second is the SDK's own: its worker
 * ended before the activity did.
 */
const ENDED: ReadonlySet<string | null | undefined> = new Set([AGENT_ENDED, 'WorkerShutdown']);

export type AgentUpdateOutcome = AgentUpdateInput['outcome'];

export class AgentUpdate {
  readonly #queue: string;
  readonly #onOutcome: (target: AgentBuild, outcome: AgentUpdateOutcome) => Promise<void>;
  /** Parent of all that is under way: a message's own scope must not end it. */
  readonly #root = CancellationScope.current();
  #scope: CancellationScope | undefined;

  constructor(
    { containerInstanceId }: ContainerInstanceWorkflowInput,
    onOutcome: (target: AgentBuild, outcome: AgentUpdateOutcome) => Promise<void>,
  ) {
    this.#queue = instanceTaskQueue(containerInstanceId);
    this.#onOutcome = onOutcome;
  }

  /** Waits, for as long as it takes, for an agent that takes the order. */
  stage(target: AgentBuild): void {
    const { stageAgent } = proxyActivities<AgentUpdateActivities>({
      taskQueue: this.#queue,
      startToCloseTimeout: STAGING_TIMEOUT,
      heartbeatTimeout: HEARTBEAT_TIMEOUT,
      retry: { maximumAttempts: 1 },
      summary: 'fetch the new agent',
    });
    this.#begin(target, 'staged', () => stageAgent({ target }));
  }

  switch(target: AgentBuild): void {
    const { switchAgent } = proxyActivities<AgentUpdateActivities>({
      taskQueue: this.#queue,
      startToCloseTimeout: SWITCH_TIMEOUT,
      retry: { maximumAttempts: 1 },
      summary: 'start the new agent',
    });
    this.#begin(target, 'switches', () => switchAgent({ target }));
  }

  stop(): void {
    this.#scope?.cancel();
    this.#scope = undefined;
  }

  #begin(target: AgentBuild, done: 'staged' | 'switches', work: () => Promise<void>): void {
    this.stop();
    const scope = new CancellationScope({ cancellable: true, parent: this.#root });
    this.#scope = scope;
    const outcome = scope.run(work).then(
      (): AgentUpdateOutcome => ({ kind: done }),
      (error: unknown): AgentUpdateOutcome | undefined => outcomeOf(error),
    );
    void this.#root.run(async () => {
      const reached = await outcome;
      if (reached !== undefined) await this.#onOutcome(target, reached);
    });
  }
}

/** undefined: it was called off. */
function outcomeOf(error: unknown): AgentUpdateOutcome | undefined {
  if (isCancellation(error)) return undefined;
  if (!(error instanceof ActivityFailure)) throw error;
  const { cause } = error;
  const isFinal = cause instanceof ApplicationFailure && !ENDED.has(cause.type);
  return isFinal ? { kind: 'failed', reason: cause.message } : { kind: 'lost' };
}
