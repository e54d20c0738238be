/** The tasks of a service that wait in PROVISIONING. */
import {
  applyPlacedGroup,
  attemptBegun,
  attemptEnded,
  provisioningDueAt,
  waitingGroups,
  type PlacedGroup,
  type WaitingGroup,
} from '../owner/provisioning.ts';
import type { Given } from '../owner/effects.ts';
import { providerIsEmpty } from '../service/event-text.ts';
import type { ServiceOwnedTask, ServiceState } from '../service/state.ts';
import type { EpochMs } from '../../model/time.ts';
import { lose } from './decisions.ts';
import { afterStartFailures } from './news.ts';
import { tell, writeRow } from './record.ts';
import { inTurn, tellOnce, type Step } from './steps.ts';
import { deploymentRequest } from './start-request.ts';

type Group = PlacedGroup<ServiceOwnedTask>;

/** The time at which the service must try to place its waiting tasks; undefined while no task waits. */
export const dueToPlace = ({ tasks, provisioning, run }: ServiceState): EpochMs | undefined =>
  provisioningDueAt(tasks, provisioning, run.provisioningTimeoutMs);

export const provisioningBegins = (state: ServiceState, timeoutMs: number): ServiceState => ({
  ...state,
  provisioning: attemptBegun(state.provisioning),
  run: { ...state.run, provisioningTimeoutMs: timeoutMs },
});

/** Waiting tasks by deployment and capacity provider. */
export const groupsToPlace = (state: ServiceState): readonly WaitingGroup<ServiceOwnedTask>[] =>
  waitingGroups(
    state.tasks,
    ({ deploymentId, capacityProviderName = '' }) => `${deploymentId}/${capacityProviderName}`,
    ({ deploymentId, capacityProviderName }, count) => ({
      request: deploymentRequest(state, deploymentId, count, capacityProviderName),
      belongTo: { serviceName: state.definition.serviceName, deploymentId },
    }),
  );

/** One group was tried. */
export function groupPlaced(before: ServiceState, placed: Group, given: Given): Step {
  const timeoutMs = before.run.provisioningTimeoutMs ?? Infinity;
  const { tasks, effects, expired } = applyPlacedGroup(before.tasks, placed, { timeoutMs, given });
  return inTurn(
    lose({ ...before, tasks }, expired),
    (state) => ({ state, effects }),
    (s) => afterStartFailures(s, expired, given),
    (s) => (effects.length > 0 ? writeRow(s) : { state: s, effects: [] }),
  );
}

/** All groups were tried. */
export function provisioned(before: ServiceState, groups: readonly Group[], given: Given): Step {
  const { provisioning: wait, ...rest } = before;
  const ended = attemptEnded(before.tasks, wait, groups, { causes: before.heard, given });
  return inTurn(
    { ...rest, ...(ended.wait === undefined ? {} : { provisioning: ended.wait }) },
    (state) => ({ state, effects: ended.effects }),
    (s) => tellEmpty(s, groups, given),
  );
}

/** Tasks go on waiting because their capacity provider has no instance at all. */
function tellEmpty(state: ServiceState, groups: readonly Group[], given: Given): Step {
  const empty = groups.some(
    ({ refusal }) => refusal?.reason === 'CAPACITY_PROVIDER' || refusal?.reason === 'NO_INSTANCES',
  );
  if (!empty) return { state, effects: [] };
  const noted = tellOnce(state, providerIsEmpty(state.definition.serviceName), given.now);
  return tell(noted.state, { events: noted.events, actions: [] });
}
