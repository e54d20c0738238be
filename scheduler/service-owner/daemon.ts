/** A DAEMON service's view of its cluster's instances: when to look at them, what was seen, and the room that it claims. */
import { looksAtTaskCount } from '../../model/cluster-query/index.ts';
import type { DaemonClaim, DaemonLook, DaemonLookRequest } from '../../model/daemon.ts';
import type { ServiceRecord } from '../../model/service.ts';
import { memberOfQueries, snapshotAttributeNames, snapshotGroups } from '../../model/task-requirements.ts';
import type { EpochMs } from '../../model/time.ts';
import { sortInstances } from '../daemon/sort-instances.ts';
import type { PlacementRequest } from '../placement/types.ts';
import { placementRequest } from '../placement/request.ts';
import type { DaemonView, PlacementWait, ServiceOwnedTask, ServiceState } from '../service/state.ts';
import type { DaemonInstances } from '../service/types.ts';
import { placementRetryDelay } from '../throttle/throttle.ts';
import type { ServiceNeed } from './inputs.ts';

/** News of instances may be lost with the process that was to bring it: so the service looks by itself, too. */
const LOOK_EVERY_MS = 300_000;
/** Constraints on tasks change with other owners' tasks, of which no news comes. */
const LOOK_AT_TASKS_EVERY_MS = 30_000;
/** While a task waits on a DRAINING instance for others to go: the news of freed capacity is the quicker way. */
const LOOK_AT_DRAINING_EVERY_MS = 5_000;

export const isDaemon = ({ definition }: Pick<ServiceState, 'definition'>): boolean =>
  definition.schedulingStrategy === 'DAEMON';

/** The instances may have changed: the next plan looks at them. */
export const staleInstances = (state: ServiceState): ServiceState => withDaemon(state, { stale: true });

/** Nothing is known to have changed since the last look. */
export const isDaemonCurrent = ({ run: { daemon } }: ServiceState): boolean =>
  daemon.sorted !== undefined && !daemon.stale && !daemon.looking;

/** Some task of the service is the last but for others on a DRAINING instance. */
export function waitsForOthers({ run, tasks }: ServiceState): boolean {
  const busy = new Set(run.daemon.seen?.busyDrainingIds);
  return busy.size > 0 && [...tasks.values()].some((task) => busy.has(task.containerInstanceId));
}

/** The look that the next plan needs, if one is due. */
export function lookNeed(state: ServiceState, now: EpochMs): Extract<ServiceNeed, { kind: 'look' }> | undefined {
  const request = requestOf(state);
  if (!isDaemon(state) || state.status !== 'ACTIVE' || request === undefined) return undefined;
  const asked = lookRequest(state, request);
  const question = JSON.stringify(asked);
  const { seen, stale } = state.run.daemon;
  const known = seen?.question === question ? seen : undefined;
  if (known && !stale && now < known.at + lookEvery(state, asked)) return undefined;
  return { kind: 'look', question, request: { ...asked, ...(known ? { knownDigest: known.digest } : {}) } };
}

/** The look is under way: a change from here on asks for another one. */
export const lookBegun = (state: ServiceState): ServiceState => withDaemon(state, { stale: false, looking: true });

/** What the look showed. */
export function looked(
  state: ServiceState,
  look: DaemonLook,
  { question, at }: { readonly question: string; readonly at: EpochMs },
): ServiceState {
  const { seen } = state.run.daemon;
  const instances = look.instances ?? (seen?.question === question ? seen.instances : undefined);
  if (!instances) throw new Error('A look without a known digest always brings its columns.');
  return withDaemon(state, { looking: false, seen: { ...look, instances, question, at } });
}

/**
 * The instances as last seen, sorted for the tasks of now, and the service that follows them: it desires a task on each that is
 * eligible, and forgets refusals of instances that need no task.
 */
export function sorted(state: ServiceState): ServiceState {
  const request = requestOf(state);
  const { seen } = state.run.daemon;
  if (!isDaemon(state) || state.status !== 'ACTIVE' || request === undefined || seen === undefined) return state;
  const occupied = occupiedBy(state);
  const instances: DaemonInstances = {
    ...sortInstances(request, seen.instances, occupied),
    busyDraining: seen.busyDrainingIds,
    refused: state.placement.instanceIds ?? [],
    lookAgainAt: seen.at + lookEvery(state, lookRequest(state, request)),
  };
  const desiredCount = instances.eligible.length;
  return {
    ...withDaemon(state, { sorted: instances }),
    placement: withoutSettled(state.placement, instances, occupied),
    definition:
      state.definition.desiredCount === desiredCount ? state.definition : { ...state.definition, desiredCount },
  };
}

function lookEvery(state: ServiceState, { countsTasks, everyGroup, otherGroups }: DaemonLookRequest): number {
  if (waitsForOthers(state)) return LOOK_AT_DRAINING_EVERY_MS;
  return countsTasks || everyGroup === true || otherGroups.length > 0 ? LOOK_AT_TASKS_EVERY_MS : LOOK_EVERY_MS;
}

/** What the row of an ACTIVE DAEMON service has beside that of a REPLICA service. It is woken when other owners' tasks stop, too. */
export function daemonRecord(state: ServiceState): Partial<ServiceRecord> {
  if (!isDaemon(state)) return {};
  const daemonClaim = claim(state);
  return {
    ...(waitsForOthers(state) ? { waitingForCapacity: true } : {}),
    ...(daemonClaim ? { daemonClaim } : {}),
  };
}

/** The same as text, to compare. A REPLICA service has none. */
export const daemonText = (state: ServiceState): string | undefined =>
  isDaemon(state) ? JSON.stringify(daemonRecord(state)) : undefined;

/** The row is written with what it says of the instances now. */
export function daemonTold(state: ServiceState): ServiceState {
  const told = daemonText(state);
  return told === undefined ? state : withDaemon(state, { told });
}

/** The room to keep free for tasks that are missing; undefined before the first look: as it was. */
function claim(state: ServiceState): DaemonClaim | undefined {
  const request = requestOf(state);
  const { seen, sorted: instances } = state.run.daemon;
  if (!seen || !instances || !request) return undefined;
  const occupied = occupiedBy(state);
  const { cpu, memoryMiB, ports } = request.resources;
  const instanceIds = instances.eligible.filter((id) => !occupied.has(id));
  return { cpu, memoryMiB, ports, instanceIds, seenMarks: seen.marks };
}

/** The wait once `tried` instances were tried and `taken` have their task: each that was refused waits by itself. */
export function daemonWait(
  wait: PlacementWait,
  {
    tried,
    taken,
    now,
  }: { readonly tried: readonly string[]; readonly taken: readonly string[]; readonly now: EpochMs },
): PlacementWait {
  const triedNow = new Set(tried);
  const takenNow = new Set(taken);
  const earlier = (wait.instanceIds ?? []).filter((id) => !triedNow.has(id));
  const refused = tried.filter((id) => !takenNow.has(id));
  const instanceIds = [...earlier, ...refused];
  if (instanceIds.length === 0) return { refusals: 0 };
  if (refused.length === 0) return { ...wait, instanceIds };
  const refusals = wait.refusals + 1;
  return { refusals, retryAt: now + placementRetryDelay(refusals), instanceIds };
}

/** Refusals that still matter: of instances that should have a task and have none. */
function withoutSettled(
  placement: PlacementWait,
  { eligible }: DaemonInstances,
  occupied: ReadonlySet<string>,
): PlacementWait {
  const { instanceIds, ...wait } = placement;
  if (instanceIds === undefined) return placement;
  const wanted = new Set(eligible);
  const left = instanceIds.filter((id) => wanted.has(id) && !occupied.has(id));
  if (left.length === instanceIds.length) return placement;
  return left.length === 0 ? { refusals: 0 } : { ...wait, instanceIds: left };
}

/** What an instance must meet: the PRIMARY deployment's definition, and the service's constraints. */
function requestOf({ definition, deployments, taskDefinitions }: ServiceState): PlacementRequest | undefined {
  const [primary] = deployments;
  const taskDefinition = primary && taskDefinitions[primary.taskDefinitionArn];
  if (!taskDefinition) return undefined;
  return placementRequest({
    taskDefinition,
    overrides: {},
    count: 0,
    group: `service:${definition.serviceName}`,
    launchType: primary.launchType ?? 'EC2',
    constraints: definition.placementConstraints,
    strategies: [],
  });
}

function lookRequest({ definition }: ServiceState, request: PlacementRequest): DaemonLookRequest {
  return {
    clusterName: definition.clusterName,
    serviceName: definition.serviceName,
    attributeNames: snapshotAttributeNames(request),
    ...snapshotGroups(request.constraints),
    countsTasks: memberOfQueries(request.constraints).some(looksAtTaskCount),
  };
}

const occupiedBy = ({ tasks }: ServiceState): ReadonlySet<string> =>
  new Set([...tasks.values()].map((task: ServiceOwnedTask) => task.containerInstanceId));

const withDaemon = (state: ServiceState, changes: Partial<DaemonView>): ServiceState => ({
  ...state,
  run: { ...state.run, daemon: { ...state.run.daemon, ...changes } },
});
