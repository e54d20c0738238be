/** Places and reserves the tasks of one start. */
import { workflowInfo } from '@temporalio/workflow';
import type { Decision, PlacementExplanation } from '../../model/decision.ts';
import type { Task } from '../../model/task.ts';
import { placeOnEach } from '../../scheduler/daemon/place-on-each.ts';
import type { Placed, Refusal } from '../../scheduler/placement/types.ts';
import type { PlacedStart, ServiceEffect } from '../../scheduler/service-owner/inputs.ts';
import { startRequest, type StartRequest } from '../../scheduler/service-owner/start-request.ts';
import type { StartAttempt } from '../../scheduler/service-owner/decisions.ts';
import type { ServiceState } from '../../scheduler/service/state.ts';
import { buildTask } from '../owner/build-task.ts';
import type { Control } from '../owner/control.ts';
import { placeByProvider } from '../owner/place-by-provider.ts';
import { contested, reserve, snapshotRequest, type ReserveOptions } from '../owner/place.ts';

export type Start = Extract<ServiceEffect, { kind: 'start' }>;

export interface StartOptions {
  readonly control: Control;
  readonly state: ServiceState;
  readonly effect: Start;
  /** The decision that goes into the store with tasks as they are reserved. */
  readonly decide: (attempt: StartAttempt) => Decision;
}

export async function placeStart({ control, state, effect, decide }: StartOptions): Promise<PlacedStart> {
  const { start, bounds, isLast } = effect;
  const asked = startRequest(state, start);
  const { request, instanceIds } = asked;
  const now = Date.now();
  const template = { ...asked.template, ownerWorkflowId: workflowInfo().workflowId };
  const options: ReserveOptions & Build = {
    control,
    clusterName: state.definition.clusterName,
    request,
    buildTask: (placed: Placed | undefined, provider?: string): Task =>
      buildTask(provider === undefined ? template : { ...template, capacityProviderName: provider }, placed, now),
    decisionsFor: ({ tasks, placed, explanation }) => [
      decide({ start, request, bounds, tasks, placed, ...(explanation ? { explanation } : {}) }),
    ],
  };
  const outcome = await (instanceIds ? placeOnEachAndReserve(options, instanceIds) : placeAnywhere(options, asked));
  return { ...outcome, start, request, isLast };
}

interface Build {
  readonly buildTask: (placed: Placed | undefined, provider?: string) => Task;
}

type Outcome = Omit<PlacedStart, 'start' | 'request' | 'isLast'>;

async function placeAnywhere(
  options: ReserveOptions & Build,
  { strategy, existing, mayWait }: StartRequest,
): Promise<Outcome> {
  const { tasks, refusal, beyondQuota, explanation } = await placeByProvider({
    ...options,
    strategy,
    existing,
    mayWait,
  });
  return { tasks, beyondQuota, ...(refusal ? { refusal } : {}), ...(explanation ? { explanation } : {}) };
}

/** DAEMON: one try for each instance. Those that are refused wait by themselves, so that none holds up another. */
async function placeOnEachAndReserve(
  { control, clusterName, request, buildTask: build, decisionsFor }: ReserveOptions,
  instanceIds: readonly string[],
): Promise<Outcome> {
  const asked = { ...snapshotRequest(clusterName, request), instanceIds };
  const snapshot = await control.read((activities) => activities.snapshotCapacity(asked));
  const { placed, explanation, refusal } = placeOnEach(request, snapshot);
  if (placed.length === 0) return outcomeOf([], explanation, refusal);
  const tasks = placed.map((place) => build(place));
  const decisions = decisionsFor({ tasks, placed: 0, explanation });
  const answer = await reserve(control, { clusterName, tasks, decisions });
  const refused = answer.refused.length > 0 ? contested(answer.refused, request.launchType) : refusal;
  return outcomeOf(answer.tasks, explanation, refused);
}

const outcomeOf = (
  tasks: readonly Task[],
  explanation: PlacementExplanation,
  refusal: Refusal | undefined,
): Outcome => ({ tasks, explanation, beyondQuota: 0, ...(refusal ? { refusal } : {}) });
