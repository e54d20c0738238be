/**
 * Why things happened: what an owner decided, why, and on which facts. A batch of tasks has one record, never one per
 * task; a repeated decision is the same record with a higher count. Plain JSON throughout.
 */
import type { GpuAmount } from './gpus.ts';
import type { EpochMs } from './time.ts';

export type DecisionKind =
  'call' | 'discard' | 'start' | 'place' | 'noPlace' | 'stop' | 'deployment' | 'wait' | 'instance';

/**
 * Every reason of a decision, with its kind and its words. The words complete a headline of api/why/:
 * `Started 2 tasks because …`, `Stopped task 1a because …`, `The service is waiting for …`. To add a reason, add its line
 * here, and set its code where the decision is made.
 */
export const DECISION_REASONS = {
  called: { kind: 'call', words: 'a call of the API changed what is wanted' },
  providersSet: { kind: 'call', words: 'a call of the API changed the capacity providers of the cluster' },

  runTask: { kind: 'start', words: 'the call asked for them' },
  rollout: { kind: 'start', words: 'the deployment is starting its tasks' },
  scaleOut: { kind: 'start', words: 'the service had fewer tasks than its desired count' },
  replaceStopped: { kind: 'start', words: 'tasks of the service had stopped' },
  replaceUnhealthy: { kind: 'start', words: 'tasks of the service failed their health checks' },
  replaceDraining: { kind: 'start', words: 'tasks of the service are on DRAINING container instances' },
  rebalance: { kind: 'start', words: 'the service is not balanced over its availability zones' },
  restoreOld: { kind: 'start', words: 'an older deployment lost tasks while the new one is not up yet' },

  capacityFound: { kind: 'place', words: 'the capacity provider has room now' },

  refused: { kind: 'noPlace', words: 'no container instance met all requirements' },
  contested: { kind: 'noPlace', words: 'other tasks took the same capacity first' },
  provisioningQuota: {
    kind: 'noPlace',
    words: 'the cluster already has the highest allowed number of tasks that wait for capacity',
  },
  provisioning: {
    kind: 'noPlace',
    words: 'no container instance of the capacity provider met all requirements; the wait goes on',
  },

  stopCalled: { kind: 'stop', words: 'a call asked for it' },
  scaleIn: { kind: 'stop', words: 'the service had more tasks than its desired count' },
  rebalanced: { kind: 'stop', words: 'other availability zones had fewer tasks of the service' },
  retired: { kind: 'stop', words: 'a newer deployment replaces this one' },
  retiredPending: { kind: 'stop', words: 'a newer deployment replaced this one before the start was complete' },
  draining: { kind: 'stop', words: 'the container instance is DRAINING' },
  drainingPending: { kind: 'stop', words: 'the container instance became DRAINING before the start was complete' },
  spotInterrupted: { kind: 'stop', words: 'the container instance received notice of a spot interruption' },
  constraintViolated: {
    kind: 'stop',
    words: 'the container instance no longer meets the placement constraints',
  },
  unhealthy: { kind: 'stop', words: 'health checks failed and replacements take over' },
  makeRoom: {
    kind: 'stop',
    words: 'health checks failed and maximumPercent leaves no room for replacements beside them',
  },
  deletion: { kind: 'stop', words: 'the service is being deleted' },
  taskSetDeletion: { kind: 'stop', words: 'the task set is being deleted' },
  otherImage: {
    kind: 'stop',
    words: "the image is not the deployment's: its tag had moved before the launch",
  },
  provisioningTimeout: { kind: 'stop', words: 'the capacity provider had no room in time' },
  instanceGone: { kind: 'stop', words: 'the container instance is gone' },

  inputDiscarded: { kind: 'discard', words: 'handling it met an error that nobody foresaw: please report it' },

  deploymentBegan: { kind: 'deployment', words: 'it is the newest deployment of the service' },
  stageDone: { kind: 'deployment', words: 'its current stages are done' },
  hookExpired: {
    kind: 'deployment',
    words: 'nobody continued a lifecycle hook in time, and the hook continues by default',
  },
  deploymentCompleted: { kind: 'deployment', words: 'all its tasks are running and no older deployment is left' },
  deploymentRemoved: { kind: 'deployment', words: 'it has no tasks left' },
  superseded: { kind: 'deployment', words: 'a newer deployment or the end of the service supersedes it' },
  circuitBreaker: { kind: 'deployment', words: 'too many of its tasks failed' },
  stopOrdered: { kind: 'deployment', words: 'a call asked to stop it without a rollback' },
  rollbackOrdered: { kind: 'deployment', words: 'a call asked to roll it back' },
  hookTimedOut: {
    kind: 'deployment',
    words: 'nobody continued a lifecycle hook in time, and the hook rolls back by default',
  },
  rolledBack: { kind: 'deployment', words: 'the deployment after it failed and rollback is enabled' },
  rolledBackByOrder: { kind: 'deployment', words: 'a call asked to roll back the deployment after it' },
  rolledBackByTimeout: { kind: 'deployment', words: 'nobody continued a lifecycle hook of the deployment after it' },

  placement: { kind: 'wait', words: 'a place for tasks' },
  throttle: { kind: 'wait', words: 'the next launch after failed starts' },
  bounds: { kind: 'wait', words: 'room below maximumPercent' },
  failedDeployment: { kind: 'wait', words: 'an update: its deployment failed' },
  lifecycleHook: { kind: 'wait', words: 'someone to continue a lifecycle hook' },
  bakeTime: { kind: 'wait', words: 'the end of the bake time' },
  toRun: { kind: 'wait', words: 'tasks to reach RUNNING' },
  toBecomeHealthy: { kind: 'wait', words: 'tasks to become healthy' },
  toBeReplaced: { kind: 'wait', words: 'tasks to be replaced' },
  protection: { kind: 'wait', words: 'the end of the scale-in protection of tasks' },
  toStop: { kind: 'wait', words: 'tasks to stop' },

  registered: { kind: 'instance', words: 'its agent registered it' },
  returned: { kind: 'instance', words: 'its agent registered it again' },
  connected: { kind: 'instance', words: 'its agent connected and compared the running tasks with the expected ones' },
  silent: { kind: 'instance', words: 'its agent went silent: no tasks are placed there' },
  givenUp: { kind: 'instance', words: 'its agent stayed silent for too long: its tasks count as stopped' },
  statusSet: { kind: 'instance', words: 'a call set its status' },
  attributesSet: { kind: 'instance', words: 'a call changed its attributes' },
  interrupted: { kind: 'instance', words: 'it received notice of a spot interruption and is draining' },
  deregistered: { kind: 'instance', words: 'a call deregistered it' },
  agentUpdateAsked: { kind: 'instance', words: 'a call asked for an update of its agent' },
  agentUpdateBegan: { kind: 'instance', words: 'its agent began to fetch the new version' },
  agentUpdateStaged: { kind: 'instance', words: 'its agent has fetched the new version' },
  agentUpdateSwitched: { kind: 'instance', words: 'its agent ended, and the new version starts' },
  agentUpdateInterrupted: { kind: 'instance', words: 'its agent went away during the update, which begins again' },
  agentUpdated: { kind: 'instance', words: 'the new version of its agent took its work up' },
  agentUpdateFailed: { kind: 'instance', words: 'the update of its agent failed' },
} as const satisfies Readonly<Record<string, { readonly kind: DecisionKind; readonly words: string }>>;

export type DecisionReason = keyof typeof DECISION_REASONS;
type ReasonOf<Kind extends DecisionKind> = {
  [Reason in DecisionReason]: (typeof DECISION_REASONS)[Reason]['kind'] extends Kind ? Reason : never;
}[DecisionReason];
export type StartReason = ReasonOf<'start'>;
export type StopReasonCode = ReasonOf<'stop'>;
export type DeploymentReason = ReasonOf<'deployment'>;
export type WaitReason = ReasonOf<'wait'>;
export type InstanceReason = ReasonOf<'instance'>;

/** An API call, identified as in the answer's headers and in the log. */
export interface CallCause {
  readonly kind: 'call';
  readonly operation: string;
  readonly requestId: string;
  readonly principalArn: string;
}

/** What an owner learned before it decided. */
export type DecisionCause =
  | CallCause
  /** Agents reported on tasks: how many tasks, and some of their ids. */
  | { readonly kind: 'report'; readonly tasks: number; readonly taskIds: readonly string[] }
  | { readonly kind: 'notice'; readonly notice: string; readonly containerInstanceId: string }
  /** Capacity appeared, or instances changed. */
  | { readonly kind: 'capacity' }
  /** The time that an earlier decision was waiting for has come. */
  | { readonly kind: 'time' }
  /** The control plane returned, or the owner continued as new. */
  | { readonly kind: 'resumed' };

/** A task that the decision is about. `replaces`: the task whose place it takes. */
export interface DecidedTask {
  readonly taskId: string;
  readonly containerInstanceId?: string;
  readonly replaces?: string;
}

/** Why instances were refused, and which ones: all, or the first few. */
export interface RefusedInstances {
  readonly reason: string;
  readonly instances: number;
  readonly some: readonly string[];
}

/** How a request was placed, as the room was before its first task. */
export interface PlacementExplanation {
  /** Digest of the capacity snapshot, without its time. */
  readonly snapshotDigest?: string;
  /** The seed for choices that strategies leave to chance. */
  readonly seed: number;
  /** Instances in the snapshot, and how many of them could take a task. */
  readonly considered: number;
  readonly eligible: number;
  readonly refused: readonly RefusedInstances[];
  /** The best instances, three at most, best first, with each strategy's rating in turn; less is better. */
  readonly best: readonly {
    readonly containerInstanceId: string;
    readonly scores: readonly { readonly by: string; readonly value: number }[];
  }[];
  /** The strategy that set the best instance apart from the second, or `chance`. Absent with fewer than two candidates. */
  readonly decidedBy?: string;
  /** The refused instance that came closest, and what it lacked: a resource in its unit, anything else as 1. */
  readonly nearest?: {
    readonly containerInstanceId: string;
    readonly reason: string;
    readonly shortfall: number;
  };
}

/** What the placement request asked for. Units as in HeldResources. */
export interface AskedPlacement {
  readonly count: number;
  readonly launchType: string;
  readonly group: string;
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly ports: readonly string[];
  readonly gpus: GpuAmount;
  readonly attributes: readonly string[];
  readonly constraints: readonly string[];
  readonly strategies: readonly string[];
}

/** What an owner decided, without the members that the log adds: id, time, owner and version. */
export interface DecisionDraft {
  readonly reasons: readonly { readonly reason: DecisionReason; readonly count: number }[];
  readonly serviceName?: string;
  readonly deploymentId?: string;
  readonly tasks: readonly DecidedTask[];
  /** Instances that the decision is about, beyond those of the tasks. */
  readonly containerInstanceIds?: readonly string[];
  readonly asked?: AskedPlacement;
  readonly placement?: PlacementExplanation;
  /** How many tasks the service wants, and its bounds. */
  readonly bounds?: { readonly desired: number; readonly lower: number; readonly upper: number };
  /** What changed in a call or a deployment: member → before and after, as short texts. */
  readonly changes?: Readonly<Record<string, readonly [before: string, after: string]>>;
  /** Figures and texts behind the decision, by name: `failedTasks`, `threshold`, `stoppedReason`. */
  readonly facts?: Readonly<Record<string, string | number>>;
  /** The latest end of a wait. */
  readonly until?: EpochMs;
}

export interface Decision extends DecisionDraft {
  readonly id: string;
  readonly clusterName: string;
  /** Absent if the API itself carried out the call. */
  readonly ownerWorkflowId?: string;
  /** What the owner had learned before: the last call first. */
  readonly causes: readonly DecisionCause[];
  /** When the decision was first and last made, and how often. */
  readonly at: EpochMs;
  readonly lastAt: EpochMs;
  readonly count: number;
  /** The program that decided: its version and the digest of its sources. */
  readonly codeVersion?: string;
}

/** The kind of a decision: that of its first reason. */
export const decisionKind = ({ reasons: [first] }: Pick<Decision, 'reasons'>): DecisionKind =>
  first === undefined ? 'wait' : DECISION_REASONS[first.reason].kind;
