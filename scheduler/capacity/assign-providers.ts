/** Which capacity provider each new task takes: the base first, then by weight. */
import type { CapacityProviderStrategyItem } from '@aws-sdk/client-ecs';

/** The strategy's providers that tasks may take: a provider without base and weight is only named. */
export const eligibleProviders = (strategy: readonly CapacityProviderStrategyItem[]): readonly string[] =>
  strategy.flatMap(({ capacityProvider, base = 0, weight = 0 }) =>
    capacityProvider !== undefined && (base > 0 || weight > 0) ? [capacityProvider] : [],
  );

interface Share {
  readonly name: string;
  readonly weight: number;
  /** Tasks that the base still lacks. */
  owed: number;
  /** Tasks beyond the base. */
  count: number;
}

/**
 * One provider name for each of `count` new tasks, in the order of their starts. `existing`: the service's tasks on each
 * provider. ECS defines the ratio only; here a task goes to the provider furthest behind its share, so that the ratio is
 * never off by a whole task. The strategy's order breaks ties.
 */
export function assignProviders(
  strategy: readonly CapacityProviderStrategyItem[],
  existing: Readonly<Record<string, number>>,
  count: number,
): readonly string[] {
  const shares = strategy.map((item) => toShare(item, existing));
  return Array.from({ length: count }, () => takeNext(shares)).filter((name) => name !== undefined);
}

function toShare(item: CapacityProviderStrategyItem, existing: Readonly<Record<string, number>>): Share {
  const { capacityProvider: name = '', base = 0, weight = 0 } = item;
  const has = existing[name] ?? 0;
  const ofBase = Math.min(has, base);
  return { name, weight, owed: base - ofBase, count: has - ofBase };
}

function takeNext(shares: readonly Share[]): string | undefined {
  const base = shares.find(({ owed }) => owed > 0);
  if (base) {
    base.owed -= 1;
    return base.name;
  }
  const next = furthestBehind(shares);
  if (next) next.count += 1;
  return next?.name;
}

function furthestBehind(shares: readonly Share[]): Share | undefined {
  const weighted = shares.filter(({ weight }) => weight > 0);
  const total = weighted.reduce((sum, { weight }) => sum + weight, 0);
  const tasks = weighted.reduce((sum, { count }) => sum + count, 0) + 1;
  // Multiplied by the total weight, so that whole numbers compare exactly.
  const deficit = ({ weight, count }: Share): number => weight * tasks - count * total;
  return weighted.reduce<Share | undefined>(
    (best, share) => (best === undefined || deficit(share) > deficit(best) ? share : best),
    undefined,
  );
}
