/** Placement constraints and strategies as the API takes them, checked and read in one place. */
import type { PlacementConstraint, PlacementStrategy } from '@aws-sdk/client-ecs';
import { parseClusterQuery } from './cluster-query/index.ts';
import type { ClusterQuery } from './cluster-query/index.ts';
import { EcsError, isEcsError } from './errors.ts';
import { isUnreadable, unreadable, type Unreadable } from './unreadable.ts';

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

function check(rule: ConstraintRule | StrategyRule | Unreadable): void {
  if (rule.kind === 'unreadable') throw refused(rule.message);
}

/**
 * Checks the constraints and strategies of a call or task definition; both lists must be complete.
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
  constraints.forEach(checkConstraint);
  strategies.forEach((strategy) => {
    check(readStrategy(strategy));
  });
}

/** The first one that cannot be read. */
export const firstUnreadable = (
  constraints: readonly PlacementConstraint[],
  strategies: readonly PlacementStrategy[],
): Unreadable | undefined => [...constraints.map(readConstraint), ...strategies.map(readStrategy)].find(isUnreadable);

/** @throws EcsError InvalidParameterException */
export function checkConstraint(constraint: PlacementConstraint): void {
  check(readConstraint(constraint));
}

/** One constraint with its expression parsed. Never throws: workflows read what the store has kept. */
export function readConstraint({ type, expression }: PlacementConstraint): ConstraintRule | Unreadable {
  switch (type) {
    case 'distinctInstance':
      if (expression) return unreadable('distinctInstance expression should not be specified.');
      return { kind: 'distinctInstance' };
    case 'memberOf':
      return expression ? readQuery(expression) : unreadable('memberOf expression should be specified.');
    default:
      return unreadable('Placement constraint type should be one of [distinctInstance, memberOf].');
  }
}

function readQuery(expression: string): ConstraintRule | Unreadable {
  try {
    return { kind: 'memberOf', query: parseClusterQuery(expression) };
  } catch (error) {
    if (isEcsError(error)) return unreadable(error.message);
    throw error;
  }
}

/** One strategy with its field parsed. Never throws. */
export function readStrategy({ type, field }: PlacementStrategy): StrategyRule | Unreadable {
  switch (type) {
    case 'random':
      if (field) return unreadable('random placement strategy field should not be specified.');
      return { kind: 'random' };
    case 'spread':
      return readSpread(field ?? '');
    case 'binpack':
      return readBinpack(field ?? '');
    default:
      return unreadable('Placement strategy type should be one of [random, spread, binpack].');
  }
}

/** `host` means the same as `instanceId`. */
function readSpread(field: string): StrategyRule | Unreadable {
  if (['instanceid', 'host'].includes(field.toLowerCase())) return { kind: 'spreadOverInstances' };
  const attribute = /^attribute:([A-Za-z0-9_\-./\\]{1,128})$/.exec(field)?.[1];
  if (attribute === undefined) {
    return unreadable('spread placement strategy field should be one of [instanceId, host, attribute:<name>].');
  }
  return { kind: 'spreadOverAttribute', attribute };
}

function readBinpack(field: string): StrategyRule | Unreadable {
  const resource = field.toLowerCase();
  if (resource === 'cpu' || resource === 'memory') return { kind: 'binpack', resource };
  return unreadable('binpack placement strategy field should be one of [cpu, memory].');
}
