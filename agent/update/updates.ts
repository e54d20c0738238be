/** The port to what starts agents: the launcher. */
import type { FailedAgentUpdate } from '../../model/agent-update.ts';

/** What starts this agent, and others in its place. */
export interface AgentUpdates {
  /** The agent's folder in the data folder. */
  readonly folder: string;
  /** The version in whose place this agent is back. */
  readonly failed?: FailedAgentUpdate;
  /** The agent has registered, and the control plane watches it. */
  takesWork(): void;
  /** Ends this agent in order, and starts the kept version in its place. */
  switchTo(name: string): void;
}
