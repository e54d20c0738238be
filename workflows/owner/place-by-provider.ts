/**
 * Places the tasks of one request where its capacity provider strategy says. Tasks of FARGATE and FARGATE_SPOT find a place
 * now or none; those of the operator's providers wait for one, as rows in PROVISIONING without an instance.
 */
import type { CapacityProviderStrategyItem } from '@aws-sdk/client-ecs';
import { groupBy } from '../../model/group-by.ts';
import type { RunTaskRequestRecord } from '../../model/reservation.ts';
import { isFargateProvider, MAX_PROVISIONING_TASKS } from '../../model/capacity-provider.ts';
import type { Task } from '../../model/task.ts';
import { assignProviders } from '../../scheduler/capacity/assign-providers.ts';
import type { Placed, PlacementRequest, Refusal } from '../../scheduler/placement/types.ts';
import type { Control } from './control.ts';
import { placeAndReserve, reserve, type ReservationOutcome, type ReserveOptions } from './place.ts';

export interface ProviderPlacement {
  readonly control: Control;
  readonly clusterName: string;
  /** Of all providers together. */
  readonly request: PlacementRequest;
  /** Undefined for a launch type. */
  readonly strategy: readonly CapacityProviderStrategyItem[] | undefined;
  /** Tasks on each provider that the strategy counts already. */
  readonly existing: Readonly<Record<string, number>>;
  /** False: a task that finds no place now is not started, whatever its provider. */
  readonly mayWait?: boolean;
  /** A complete row for one task, placed or waiting; called once per try, with a fresh id each. */
  readonly buildTask: (placed: Placed | undefined, capacityProviderName: string | undefined) => Task;
  /** See ReserveOptions; `placed` counts from the first provider on. */
  readonly decisionsFor: ReserveOptions['decisionsFor'];
  readonly requestFor?: (taskIds: readonly string[], refusal: Refusal | undefined) => RunTaskRequestRecord | undefined;
}

export interface ProviderOutcome extends ReservationOutcome {
  /** Tasks that may not wait either: as many as are allowed to in the cluster wait already. */
  readonly beyondQuota: number;
}

/** As placeAndReserve, for each provider in turn. */
export async function placeByProvider(placement: ProviderPlacement): Promise<ProviderOutcome> {
  const { control, clusterName, request, strategy, existing, buildTask, decisionsFor, requestFor } = placement;
  if (strategy === undefined) {
    const build = (placed: Placed): Task => buildTask(placed, undefined);
    const options = { control, clusterName, request, decisionsFor, buildTask: build };
    const outcome = await placeAndReserve({ ...options, ...(requestFor ? { requestFor } : {}) });
    return { ...outcome, beyondQuota: 0 };
  }
  const outcomes: ProviderOutcome[] = [];
  for (const [name, names] of groupBy(assignProviders(strategy, existing, request.count), (name) => name)) {
    const part = { ...request, count: names.length, capacityProviderName: name };
    const before = outcomes.reduce((sum, { tasks }) => sum + tasks.length, 0);
    const decide: ReserveOptions['decisionsFor'] = (attempt) =>
      decisionsFor({ ...attempt, placed: before + attempt.placed });
    outcomes.push(await placeOnProvider({ ...placement, request: part, decisionsFor: decide }, name));
  }
  const explanation = outcomes.at(-1)?.explanation;
  const totals = outcomes.flatMap(({ totalInstances }) => totalInstances ?? []);
  const refusal = outcomes.find((outcome) => outcome.refusal !== undefined)?.refusal;
  return {
    tasks: outcomes.flatMap(({ tasks }) => tasks),
    ...(refusal ? { refusal } : {}),
    ...(explanation ? { explanation } : {}),
    ...(totals.length > 0 ? { totalInstances: Math.max(...totals) } : {}),
    expectsAgents: outcomes.some(({ expectsAgents }) => expectsAgents === true),
    // An answer that takes several transactions is kept once they are all done.
    requestKept: false,
    beyondQuota: outcomes.reduce((sum, { beyondQuota }) => sum + beyondQuota, 0),
  };
}

async function placeOnProvider(placement: ProviderPlacement, name: string): Promise<ProviderOutcome> {
  const { control, clusterName, request, buildTask, decisionsFor, mayWait = true } = placement;
  const build = (place: Placed): Task => buildTask(place, name);
  const placed = await placeAndReserve({ control, clusterName, request, decisionsFor, buildTask: build });
  if (isFargateProvider(name) || !mayWait) return { ...placed, beyondQuota: 0 };
  const { refusal: _waits, ...outcome } = placed;
  const missing = request.count - outcome.tasks.length;
  if (missing === 0) return { ...outcome, beyondQuota: 0 };
  const rows = Array.from({ length: Math.min(missing, MAX_PROVISIONING_TASKS) }, () => buildTask(undefined, name));
  const { explanation } = outcome;
  const decisions = decisionsFor({
    tasks: rows,
    placed: outcome.tasks.length,
    ...(explanation ? { explanation } : {}),
  });
  const { tasks } = await reserve(control, { clusterName, tasks: rows, decisions });
  return { ...outcome, tasks: [...outcome.tasks, ...tasks], beyondQuota: missing - tasks.length };
}
