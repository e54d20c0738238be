/** The activities that replace an agent, on its instance's own task queue. Workflows import only types from this file. */
import type { AgentBuild } from '../../model/agent-update.ts';

export interface AgentUpdateOrder {
  readonly target: AgentBuild;
}

/**
 * Both fail with an ApplicationFailure whose message says why no later attempt can succeed, or of the type AGENT_ENDED if the
 * agent was ended meanwhile. The build that already runs is staged, and switching to it changes nothing.
 */
export interface AgentUpdateActivities {
  /** Fetches the build and keeps it on the host; heartbeats. Cancellation ends the wait, and the next call goes on with it. */
  stageAgent(order: AgentUpdateOrder): Promise<void>;
  /** Returns at once; the agent then ends in order, and the staged build starts in its place. Containers run on. */
  switchAgent(order: AgentUpdateOrder): Promise<void>;
}
