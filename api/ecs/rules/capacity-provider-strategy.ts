/** Checks the capacity provider strategies of requests against ECS's rules and the cluster's providers. */
import type { CapacityProviderStrategyItem } from '@aws-sdk/client-ecs';
import type { Partition } from '../../../model/arn.ts';
import { isFargateProvider } from '../../../model/capacity-provider.ts';
import type { ClusterProviders } from '../../../store/contract/clusters.ts';
import { resolveProviderName } from './capacity-provider.ts';
import { invalid } from './refusals.ts';

const MOST_ITEMS = 20;
const MOST_BASE = 100_000;
const MOST_WEIGHT = 1000;

type Strategy = readonly CapacityProviderStrategyItem[];

/** Where a strategy comes from, in the word that ECS's messages use. */
type Origin = 'specified' | 'default';

/** Returns the providers and default strategy of a request that sets a cluster's providers. */
export function resolveClusterProviders(
  input: {
    readonly capacityProviders?: readonly string[] | undefined;
    readonly defaultCapacityProviderStrategy?: Strategy | undefined;
  },
  partition: Partition,
): ClusterProviders {
  const given = (input.capacityProviders ?? []).map((provider) => resolveProviderName(provider, partition));
  const capacityProviders = [...new Set(given)];
  const strategy = input.defaultCapacityProviderStrategy ?? [];
  return {
    capacityProviders,
    defaultCapacityProviderStrategy: resolveStrategy(strategy, {
      origin: 'default',
      partition,
      associated: capacityProviders,
    }),
  };
}

export interface StrategyScope {
  readonly origin: Origin;
  readonly partition: Partition;
  /** The cluster's providers. */
  readonly associated: readonly string[];
}

/**
 * Returns the strategy with names instead of ARNs, and zeros for what was left out; an empty one stays empty. Throws
 * InvalidParameterException.
 */
export function resolveStrategy(
  strategy: Strategy,
  { origin, partition, associated }: StrategyScope,
): CapacityProviderStrategyItem[] {
  checkStrategy(strategy, origin);
  const items = strategy.map(({ capacityProvider = '', weight = 0, base = 0 }) => ({
    capacityProvider: resolveProviderName(capacityProvider, partition),
    weight,
    base,
  }));
  const names = items.map(({ capacityProvider }) => capacityProvider);
  if (new Set(names).size < names.length) {
    throw invalid(`The ${origin} capacity provider strategy names a capacity provider more than once.`);
  }
  if (names.some((name) => !associated.includes(name))) {
    throw invalid(
      `The ${origin} capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster and try again.`,
    );
  }
  if (names.some(isFargateProvider) && !names.every(isFargateProvider)) {
    throw invalid(
      `The ${origin} capacity provider strategy cannot contain a mix of capacity providers using Auto Scaling groups and Fargate capacity providers. Specify one or the other and try again.`,
    );
  }
  return items;
}

/** Throws InvalidParameterException for what is wrong whatever providers the cluster has. */
export function checkStrategy(strategy: Strategy, origin: Origin = 'specified'): void {
  if (strategy.length === 0) return;
  if (strategy.length > MOST_ITEMS) {
    throw invalid(
      `The ${origin} capacity provider strategy cannot contain more than ${MOST_ITEMS} capacity providers.`,
    );
  }
  for (const { base = 0, weight = 0 } of strategy) {
    if (base < 0 || base > MOST_BASE) throw invalid(`The base value must be between 0 and ${MOST_BASE}.`);
    if (weight < 0 || weight > MOST_WEIGHT) throw invalid(`The weight value must be between 0 and ${MOST_WEIGHT}.`);
  }
  if (strategy.every(({ weight = 0 }) => weight === 0)) {
    throw invalid(
      'There are no capacity providers in the capacity provider strategy with a weight value greater than zero. Specify a weight value greater than zero for at least one capacity provider and try again.',
    );
  }
  if (strategy.filter(({ base = 0 }) => base > 0).length > 1) {
    throw invalid('Only one capacity provider in a capacity provider strategy can have a base greater than zero.');
  }
}
