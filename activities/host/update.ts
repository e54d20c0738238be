/** The activities by which the control plane replaces an agent. An activity only gives orders, waits and heartbeats. */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { AGENT_ENDED, type AgentBuild } from '../../model/agent-update.ts';
import type { AgentUpdateActivities } from './update-types.ts';

const HEARTBEAT_MS = 5_000;

/** The agent's part in its replacement. Both reject or throw with a message for the operator, or with an AbortError as the agent ends. */
export interface AgentUpdateOrders {
  /** Resolves when the host has the build. A call for what is under way attaches to it. */
  stage(target: AgentBuild): Promise<void>;
  /** Soon after, the agent ends. */
  switch(target: AgentBuild): void;
}

export function createUpdateActivities(orders: AgentUpdateOrders): AgentUpdateActivities {
  return {
    async stageAgent({ target }) {
      const context = Context.current();
      const timer = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
      try {
        await Promise.race([forGood(() => orders.stage(target)), context.cancelled]);
      } finally {
        clearInterval(timer);
      }
    },

    switchAgent: ({ target }) =>
      forGood(() => {
        orders.switch(target);
        return Promise.resolve();
      }),
  };
}

/** What the agent could not do, it cannot do at the next attempt either, unless it was ended meanwhile. */
async function forGood(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError')
      throw ApplicationFailure.retryable('The agent ends.', AGENT_ENDED);
    throw ApplicationFailure.nonRetryable(error instanceof Error ? error.message : String(error), 'AgentUpdateRefused');
  }
}
