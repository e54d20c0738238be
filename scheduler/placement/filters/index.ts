/** Which filters a request needs, cheapest first. Their order also decides which instance "came closest". */
import { asksForGpus } from '../../../model/gpus.ts';
import { firstUnreadable, readConstraint } from '../../../model/placement-rules.ts';
import type { Room } from '../room.ts';
import { agentFilter } from './agent.ts';
import { capacityProviderFilter } from './capacity-provider.ts';
import { cpuFilter } from './cpu.ts';
import { distinctInstanceFilter } from './distinct-instance.ts';
import { fargateFilter } from './fargate.ts';
import type { Filter } from './filter.ts';
import { gpuFilter } from './gpu.ts';
import { memberOfFilter } from './member-of.ts';
import { memoryFilter } from './memory.ts';
import { portsFilter } from './ports.ts';
import { requiredAttributesFilter } from './required-attributes.ts';
import { unplaceableFilter } from './unplaceable.ts';
import { zoneFilter } from './zone.ts';

export type { Filter } from './filter.ts';

/** The filters of a request for its room. */
export function createFilters(room: Room): readonly Filter[] {
  const { resources, requiredAttributes, launchType, capacityProviderName, zone } = room.request;
  const unplaceable =
    room.request.unplaceable ?? firstUnreadable(room.request.constraints, room.request.strategies)?.message;
  if (unplaceable !== undefined) return [unplaceableFilter(unplaceable)];
  const isFargate = launchType === 'FARGATE';
  const constraints = room.request.constraints.map(readConstraint);
  return [
    ...(capacityProviderName === undefined || isFargate ? [] : [capacityProviderFilter(room, capacityProviderName)]),
    agentFilter(room),
    ...(zone === undefined ? [] : [zoneFilter(room, zone)]),
    cpuFilter(room),
    memoryFilter(room),
    ...(resources.ports.length > 0 ? [portsFilter(room)] : []),
    ...(asksForGpus(resources.gpus) ? [gpuFilter(room)] : []),
    ...(requiredAttributes.length > 0 ? [requiredAttributesFilter(room)] : []),
    ...(isFargate ? [fargateFilter(room)] : []),
    ...(constraints.some(({ kind }) => kind === 'distinctInstance') ? [distinctInstanceFilter(room)] : []),
    ...constraints.flatMap((rule) => (rule.kind === 'memberOf' ? [memberOfFilter(room, rule.query)] : [])),
  ];
}
