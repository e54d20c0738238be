/** All that the owner of a container instance knows. */
import type { AgentBuild, AgentUpdateStatus } from '../../model/agent-update.ts';
import type { CallCause } from '../../model/decision.ts';
import type { InstanceStatus } from '../../model/status.ts';
import type { EpochMs } from '../../model/time.ts';

/** The latest update of the agent. */
export interface AgentUpdateState {
  readonly target: AgentBuild;
  readonly status: AgentUpdateStatus;
  /** How often the agent went away and it had to begin again. */
  readonly interruptions: number;
  /** How often work on it was lost while the agent was heard. Counted apart: an agent that ends in order does both once. Absent: 0. */
  readonly losses?: number;
}

/** What a run of the workflow hands to the next one: plain JSON. */
export interface CarriedInstance {
  readonly version: 1;
  readonly status: InstanceStatus;
  readonly agentConnected: boolean;
  /**
   * The agent's present session; empty while no agent has registered, while one registers, and after the instance was given
   * up.
   */
  readonly sessionId: string;
  /** The session of which the owners of its tasks know that it has begun. */
  readonly toldOfSession?: string;
  /** Its tasks were given up since the agent was last heard. */
  readonly givenUp: boolean;
  /** When an agent registered after the instance was given up: launches that were ordered before are void. */
  readonly ordersFrom?: EpochMs;
  /** 0 until the first registration. */
  readonly registeredAt: EpochMs;
  readonly recordVersion: number;
  /** After the notice of a spot interruption: when the tasks that are left are stopped. */
  readonly stopTasksAt?: EpochMs;
  /** The call that gave the notice. */
  readonly interruptedBy?: CallCause;
  /** The agent that registered last. Absent if that was before agents were updated. */
  readonly agentBuild?: AgentBuild;
  readonly agentUpdate?: AgentUpdateState;
}

/** The state of a run. */
export interface InstanceState extends CarriedInstance {
  readonly containerInstanceId: string;
  /** The agent's heartbeats come: its silence does not count. */
  readonly heard: boolean;
  /** It is INACTIVE, or was never registered: its workflow ends. */
  readonly ended: boolean;
}

/** Before its first registration. */
export const newInstance = (containerInstanceId: string): InstanceState => ({
  version: 1,
  containerInstanceId,
  status: 'REGISTERING',
  agentConnected: false,
  sessionId: '',
  givenUp: false,
  registeredAt: 0,
  recordVersion: 0,
  heard: false,
  ended: false,
});

/** What an earlier run handed over. */
export const resumedInstance = (containerInstanceId: string, carried: CarriedInstance): InstanceState => ({
  ...carried,
  containerInstanceId,
  heard: false,
  ended: false,
});

/** For the next run. */
export function carriedState(state: InstanceState): CarriedInstance {
  const { containerInstanceId: _id, heard: _heard, ended: _ended, ...carried } = state;
  return carried;
}
