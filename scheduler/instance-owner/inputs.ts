/** What the reducer of a container instance takes in, and what comes out of it. */
import type { AgentBuild } from '../../model/agent-update.ts';
import type { Called, UpdateAgentCommand } from '../../model/commands.ts';
import type { ExpectedTask, ExpectedWork, InstanceRegistration } from '../../model/container-instance.ts';
import type { InstanceNotice } from '../../model/owner-signals.ts';
import type { InstanceRecord } from '../../model/owner-record.ts';
import type { EpochMs } from '../../model/time.ts';
import type { OwnerDecision, Reduced } from '../owner/effects.ts';
import type { InstanceState } from './state.ts';

/** A call, of the API or of an agent. With `tasks` it is the call again, when the reducer has asked for them. */
export type InstanceCall =
  | {
      readonly kind: 'register';
      readonly registration: InstanceRegistration & Called;
      readonly tasks?: readonly ExpectedTask[];
    }
  | { readonly kind: 'setStatus'; readonly command: Called & { readonly status: 'ACTIVE' | 'DRAINING' } }
  /** Notice of a spot interruption. */
  | { readonly kind: 'interrupt'; readonly command: Called }
  | { readonly kind: 'updateAgent'; readonly command: UpdateAgentCommand }
  | {
      readonly kind: 'deregister';
      readonly command: Called & { readonly force: boolean };
      readonly tasks?: readonly ExpectedTask[];
    };

/** How the work on an update of the agent to that build goes. */
export interface AgentUpdateInput {
  readonly kind: 'agentUpdate';
  readonly target: AgentBuild;
  readonly outcome:
    /** The agent has the build. */
    | { readonly kind: 'staged' }
    /** The agent ends, and the build starts. */
    | { readonly kind: 'switches' }
    /** It cannot be, and no later attempt changes that. */
    | { readonly kind: 'failed'; readonly reason: string }
    /** The agent went away meanwhile. */
    | { readonly kind: 'lost' };
}

export type InstanceInput =
  | InstanceCall
  | AgentUpdateInput
  /** The agent of that session has compared what runs, and takes work. */
  | { readonly kind: 'attends'; readonly sessionId: string }
  /** Its heartbeats have stopped. */
  | { readonly kind: 'silent' }
  /** It has been silent for as long as the operator allows. */
  | { readonly kind: 'silentForTooLong' }
  /** The time after the notice of a spot interruption is over. */
  | { readonly kind: 'interruptionDue' }
  /** A run of the workflow begins. */
  | { readonly kind: 'resume' }
  /** The store has refused this record for good. */
  | { readonly kind: 'refused'; readonly record: InstanceRecordEffect };

/** Changes the instance's row. */
export interface InstanceRecordEffect {
  readonly kind: 'record';
  readonly changes: Omit<InstanceRecord, 'clusterName' | 'containerInstanceId' | 'decisions'>;
  readonly decision: OwnerDecision;
  /** What the state said before. */
  readonly before: Pick<InstanceState, 'status' | 'agentConnected'>;
}

/** In their order, each after the one before it and after those of earlier inputs; of one input none after a refused record. */
export type InstanceEffect =
  | InstanceRecordEffect
  /** A decision that changes no row. */
  | { readonly kind: 'decision'; readonly decision: OwnerDecision }
  /** Tells the owners of the tasks that the store then has there. `ownersBefore` is for histories that told these owners instead. */
  | { readonly kind: 'notify'; readonly notice: InstanceNotice; readonly ownersBefore?: readonly string[] }
  /** Watches the agent of that session, and no other; it counts as silent until it is heard. */
  | { readonly kind: 'watch'; readonly sessionId: string }
  /** Waits without end until an agent is heard. The agent must register anew, whichever session it has. */
  | { readonly kind: 'awaitReturn' }
  /** The agent is no longer silent. */
  | { readonly kind: 'heard' }
  /** Has `interruptionDue` come then. */
  | { readonly kind: 'interruptAt'; readonly at: EpochMs }
  /** Has the agent fetch the build; what was under way for an update ends. `agentUpdate` tells the outcome. */
  | { readonly kind: 'stageAgent'; readonly target: AgentBuild }
  /** Has the agent end, and the build that it has fetched start in its place. `agentUpdate` tells the outcome. */
  | { readonly kind: 'switchAgent'; readonly target: AgentBuild }
  /** It will not come. */
  | { readonly kind: 'callOffInterruption' };

export interface InstanceReduced extends Reduced<InstanceState, InstanceEffect> {
  /** The call comes to its end only with the instance's tasks: to be fed in again with them, after the effects. */
  readonly asksForTasks?: true;
  /** What the agent that registers is answered. */
  readonly answer?: ExpectedWork;
}
