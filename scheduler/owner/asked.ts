/** A placement request in the form of the record. */
import type { AskedPlacement } from '../../model/decision.ts';
import type { PlacementRequest } from '../placement/types.ts';

export function describeRequest(request: PlacementRequest, count: number): AskedPlacement {
  const { resources, launchType, group } = request;
  return {
    count,
    launchType,
    group,
    cpu: resources.cpu,
    memoryMiB: resources.memoryMiB,
    ports: resources.ports,
    gpus: resources.gpus,
    attributes: request.requiredAttributes.map(({ name, value }) => (value === undefined ? name : `${name}=${value}`)),
    constraints: request.constraints.map(({ type = '', expression }) =>
      expression === undefined ? type : `${type}(${expression})`,
    ),
    strategies: request.strategies.map(({ type = '', field }) => (field === undefined ? type : `${type}(${field})`)),
  };
}
