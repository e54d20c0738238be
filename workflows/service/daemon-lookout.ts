/** A DAEMON service's view of its cluster's instances: looked at when they may have changed, and now and then in any case. */
import type { DaemonClaim, DaemonLook, DaemonLookRequest } from '../../model/daemon.ts';
import { looksAtTaskCount } from '../../model/cluster-query/index.ts';
import type { ServiceRecord } from '../../model/service.ts';
import { memberOfQueries, snapshotAttributeNames, snapshotGroups } from '../../model/task-requirements.ts';
import type { EpochMs } from '../../model/time.ts';
import { sortInstances } from '../../scheduler/daemon/sort-instances.ts';
import type { PlacementRequest } from '../../scheduler/placement/types.ts';
import type { Control } from '../owner/control.ts';
import type { DaemonInstances } from '../../scheduler/service/types.ts';
import { placementRequest } from '../owner/placement-request.ts';
import type { ServiceOwnedTask, ServiceState } from '../state.ts';

/** News of instances may be lost with the process that was to bring it: so the service looks by itself, too. */
const LOOK_EVERY_MS = 300_000;
/** Constraints on tasks change with tasks of others, of which no news comes. */
const LOOK_AT_TASKS_EVERY_MS = 30_000;
/** While a task waits on a DRAINING instance for others to go: the news of freed capacity is the quicker way. */
const LOOK_AT_DRAINING_EVERY_MS = 5_000;

interface Seen extends DaemonLook {
  /** What was asked: another question makes the columns worthless. */
  readonly question: string;
  readonly instances: NonNullable<DaemonLook['instances']>;
  readonly at: EpochMs;
  readonly every: number;
}

/** What an instance must meet: of the PRIMARY deployment's definition and the service's constraints. */
function requestOf(state: ServiceState): PlacementRequest | undefined {
  const [primary] = state.deployments;
  const taskDefinition = primary && state.taskDefinitions[primary.taskDefinitionArn];
  if (!taskDefinition) return undefined;
  return placementRequest({
    taskDefinition,
    overrides: {},
    count: 0,
    group: `service:${state.definition.serviceName}`,
    launchType: primary.launchType ?? 'EC2',
    constraints: state.definition.placementConstraints,
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

const occupiedBy = (tasks: readonly ServiceOwnedTask[]): ReadonlySet<string> =>
  new Set(tasks.map((task) => task.containerInstanceId));

export class DaemonLookout {
  #seen: Seen | undefined;
  readonly #control: Control;
  #sorted: DaemonInstances | undefined;
  #stale = true;
  #looking = false;

  constructor(control: Control) {
    this.#control = control;
  }

  /** The instances may have changed. */
  changed(): void {
    this.#stale = true;
  }

  /** Nothing is known to have changed since the last look. */
  get isCurrent(): boolean {
    return this.#sorted !== undefined && !this.#stale && !this.#looking;
  }

  /** Some task of the service is the last but for others on a DRAINING instance. */
  waitsForOthers(tasks: readonly ServiceOwnedTask[]): boolean {
    const busy = new Set(this.#seen?.busyDrainingIds);
    return busy.size > 0 && tasks.some((task) => busy.has(task.containerInstanceId));
  }

  /** Looks where that is due, and sorts what was seen. Undefined for a service without a deployment. */
  async instances(state: ServiceState, tasks: () => readonly ServiceOwnedTask[]): Promise<DaemonInstances | undefined> {
    const request = requestOf(state);
    if (!request) return undefined;
    const seen = await this.#look(lookRequest(state, request));
    const occupied = occupiedBy(tasks());
    const waits = seen.busyDrainingIds.some((id) => occupied.has(id));
    this.#sorted = {
      ...sortInstances(request, seen.instances, occupied),
      busyDraining: seen.busyDrainingIds,
      refused: state.placement.instanceIds ?? [],
      lookAgainAt: seen.at + (waits ? LOOK_AT_DRAINING_EVERY_MS : seen.every),
    };
    return this.#sorted;
  }

  /** What the service's row has beside that of a REPLICA service. Woken, too, when tasks of others stop. */
  recorded(state: ServiceState, tasks: readonly ServiceOwnedTask[]): Partial<ServiceRecord> {
    const daemonClaim = this.#claim(state, tasks);
    return {
      ...(this.waitsForOthers(tasks) ? { waitingForCapacity: true } : {}),
      ...(daemonClaim ? { daemonClaim } : {}),
    };
  }

  /** The room to keep free for tasks that are missing; undefined before the first look: as it was. */
  #claim(state: ServiceState, tasks: readonly ServiceOwnedTask[]): DaemonClaim | undefined {
    const request = requestOf(state);
    if (!this.#seen || !this.#sorted || !request) return undefined;
    const occupied = occupiedBy(tasks);
    const { cpu, memoryMiB, ports } = request.resources;
    const instanceIds = this.#sorted.eligible.filter((id) => !occupied.has(id));
    return { cpu, memoryMiB, ports, instanceIds, seenMarks: this.#seen.marks };
  }

  async #look(request: DaemonLookRequest): Promise<Seen> {
    const question = JSON.stringify(request);
    const known = this.#seen?.question === question ? this.#seen : undefined;
    const due = this.#sorted?.lookAgainAt ?? 0;
    if (known && !this.#stale && Date.now() < due) return known;
    this.#stale = false;
    this.#looking = true;
    const at = Date.now();
    const look = await this.#control.read((activities) =>
      activities.lookAtInstances({ ...request, ...(known ? { knownDigest: known.digest } : {}) }),
    );
    this.#looking = false;
    const instances = look.instances ?? known?.instances;
    if (!instances) throw new Error('A look without a known digest always brings its columns.');
    const looksAtTasks = request.countsTasks || request.everyGroup === true || request.otherGroups.length > 0;
    const every = looksAtTasks ? LOOK_AT_TASKS_EVERY_MS : LOOK_EVERY_MS;
    this.#seen = { ...look, instances, question, at, every };
    return this.#seen;
  }
}

/** Instances whose refusal still matters: those that are to have a task and have none. */
export function settleRefusals(
  state: ServiceState,
  { eligible }: DaemonInstances,
  tasks: readonly ServiceOwnedTask[],
): void {
  const { instanceIds, ...wait } = state.placement;
  if (instanceIds === undefined) return;
  const occupied = occupiedBy(tasks);
  const wanted = new Set(eligible);
  const left = instanceIds.filter((id) => wanted.has(id) && !occupied.has(id));
  if (left.length < instanceIds.length) {
    state.placement = left.length === 0 ? { refusals: 0 } : { ...wait, instanceIds: left };
  }
}
