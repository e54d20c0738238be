/** Placement constraints and strategies as the API takes them, checked and read in one place. */
import type { PlacementConstraint, PlacementStrategy } from '@aws-sdk/client-ecs';
import { parseClusterQuery } from './cluster-query/index.ts';
import type { ClusterQuery } from './cluster-query/index.ts';
import { EcsError } from './errors.ts';

/** ECS's limits; the constraints of the task definition and of the call count together. */
export const MAX_PLACEMENT_CONSTRAINTS = 10;
const MAX_PLACEMENT_STRATEGIES = 5;

export type ConstraintRule =
  { readonly kind: 'distinctInstance' } | { readonly kind: 'memberOf'; readonly query: ClusterQuery };

export type StrategyRule =
  | { readonly kind: 'random' }
  | { readonly kind: 'spreadOverInstances' }
  | { readonly kind: 'spreadOverAttribute'; readonly attribute: string }
  | { readonly kind: 'binpack'; readonly resource: 'cpu' | 'memory' };

const refused = (message: string): EcsError => new EcsError('InvalidParameterException', message);

/**
 * Checks what a call or task definition gives, both lists complete.
 * @throws EcsError InvalidParameterException
 */
export function checkPlacement(
  constraints: readonly PlacementConstraint[],
  strategies: readonly PlacementStrategy[],
): void {
  if (constraints.length > MAX_PLACEMENT_CONSTRAINTS) {
    throw refused(`Too many placement constraints: at most ${MAX_PLACEMENT_CONSTRAINTS} are allowed.`);
  }
  if (strategies.length > MAX_PLACEMENT_STRATEGIES) {
    throw refused(`Too many placement strategies: at most ${MAX_PLACEMENT_STRATEGIES} are allowed.`);
  }
  constraints.forEach(readConstraint);
  strategies.forEach(readStrategy);
}

/**
 * One constraint, its expression parsed.
 * @throws EcsError InvalidParameterException
 */
export function readConstraint({ type, expression }: PlacementConstraint): ConstraintRule {
  switch (type) {
    case 'distinctInstance':
      if (expression) throw refused('distinctInstance expression should not be specified.');
      return { kind: 'distinctInstance' };
    case 'memberOf':
      if (!expression) throw refused('memberOf expression should be specified.');
      return { kind: 'memberOf', query: parseClusterQuery(expression) };
    default:
      throw refused('Placement constraint type should be one of [distinctInstance, memberOf].');
  }
}

/**
 * One strategy, its field understood.
 * @throws EcsError InvalidParameterException
 */
export function readStrategy({ type, field }: PlacementStrategy): StrategyRule {
  switch (type) {
    case 'random':
      if (field) throw refused('random placement strategy field should not be specified.');
      return { kind: 'random' };
    case 'spread':
      return readSpread(field ?? '');
    case 'binpack':
      return readBinpack(field ?? '');
    default:
      throw refused('Placement strategy type should be one of [random, spread, binpack].');
  }
}

/** `host` means the same as `instanceId`. */
function readSpread(field: string): StrategyRule {
  if (['instanceid', 'host'].includes(field.toLowerCase())) return { kind: 'spreadOverInstances' };
  const attribute = /^attribute:([A-Za-z0-9_\-./\\]{1,128})$/.exec(field)?.[1];
  if (attribute === undefined) {
    throw refused('spread placement strategy field should be one of [instanceId, host, attribute:<name>].');
  }
  return { kind: 'spreadOverAttribute', attribute };
}

function readBinpack(field: string): StrategyRule {
  const resource = field.toLowerCase();
  if (resource === 'cpu' || resource === 'memory') return { kind: 'binpack', resource };
  throw refused('binpack placement strategy field should be one of [cpu, memory].');
}
