/** The orderings of a request: its strategies in order, then a random choice by seed, so that no two instances ever tie. */
import { readStrategy } from '../../../model/placement-rules.ts';
import type { StrategyRule } from '../../../model/placement-rules.ts';
import type { Room } from '../room.ts';
import { binpackOrdering } from './binpack.ts';
import type { Ordering } from './ordering.ts';
import { randomOrdering } from './random.ts';
import { attributeSpreadOrdering } from './spread-attribute.ts';
import type { AttributeSpread } from './spread-attribute.ts';
import { instanceSpreadOrdering } from './spread-instances.ts';

export type { Ordering } from './ordering.ts';

/** Orderings for the request's readable strategies. */
export function createOrderings(room: Room, seed: number): readonly Ordering[] {
  const rules = room.request.strategies.map(readStrategy).flatMap((rule) => (rule.kind === 'unreadable' ? [] : [rule]));
  const random = rules.findIndex(({ kind }) => kind === 'random');
  const deciding = random < 0 ? rules : rules.slice(0, random);
  return [...rankedOrderings(room, deciding), randomOrdering(room, seed)];
}

function rankedOrderings(room: Room, rules: readonly StrategyRule[]): readonly Ordering[] {
  const orderings: Ordering[] = [];
  let within: AttributeSpread | undefined;
  for (const rule of rules) {
    if (rule.kind === 'binpack') orderings.push(binpackOrdering(room, rule.resource));
    if (rule.kind === 'spreadOverInstances') orderings.push(instanceSpreadOrdering(room));
    if (rule.kind === 'spreadOverAttribute') {
      within = attributeSpreadOrdering(room, rule.attribute, within);
      orderings.push(within);
    }
  }
  return orderings;
}
