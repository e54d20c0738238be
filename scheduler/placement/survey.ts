/** A survey of the room before the first task is placed: which instances can take one, which were refused and why, and how the best rank. */
import type { PlacementExplanation, RefusedInstances } from '../../model/decision.ts';
import type { Filter } from './filters/index.ts';
import { findFailed, isNearer } from './refusal.ts';
import type { Failed } from './refusal.ts';
import type { Room } from './room.ts';
import type { Ordering } from './strategies/index.ts';

/** How many refused instances to name for each reason: enough to name all of them in a small cluster. */
const NAMED_PER_REASON = 5;
const BEST_SHOWN = 3;

export interface Survey {
  /** Instances that can take a task. */
  readonly eligible: readonly number[];
  readonly refused: readonly RefusedInstances[];
  readonly nearest?: Failed;
}

/** Keeps the smallest few ids: which ones are named must not depend on the order of the snapshot's columns. */
function name(some: string[], id: string): void {
  if (some.length === NAMED_PER_REASON && id > (some.at(-1) ?? '')) return;
  some.push(id);
  some.sort();
  some.length = Math.min(some.length, NAMED_PER_REASON);
}

export function surveyRoom(room: Room, filters: readonly Filter[]): Survey {
  const eligible: number[] = [];
  const refused = new Map<string, { instances: number; some: string[] }>();
  let nearest: Failed | undefined;
  for (let i = 0; i < room.size; i++) {
    const failed = findFailed(filters, i);
    if (failed === undefined) {
      eligible.push(i);
      continue;
    }
    const entry = refused.get(failed.filter.reason) ?? { instances: 0, some: [] };
    entry.instances++;
    name(entry.some, room.id(i));
    refused.set(failed.filter.reason, entry);
    if (nearest === undefined || isNearer(room, failed, nearest)) nearest = failed;
  }
  return {
    eligible,
    refused: [...new Set(filters.map(({ reason }) => reason))].flatMap((reason) => {
      const entry = refused.get(reason);
      return entry === undefined ? [] : [{ reason, ...entry }];
    }),
    ...(nearest === undefined ? {} : { nearest }),
  };
}

/** The best few, best first, without sorting all of them. */
function bestOf(eligible: readonly number[], compare: (a: number, b: number) => number): readonly number[] {
  const best: number[] = [];
  for (const instance of eligible) {
    const last = best[BEST_SHOWN - 1];
    if (last !== undefined && compare(instance, last) >= 0) continue;
    const place = best.findIndex((other) => compare(instance, other) < 0);
    best.splice(place < 0 ? best.length : place, 0, instance);
    best.length = Math.min(best.length, BEST_SHOWN);
  }
  return best;
}

export interface ExplanationInput {
  readonly survey: Survey;
  readonly orderings: readonly Ordering[];
  readonly seed: number;
  readonly snapshotDigest: string | undefined;
}

/** Turns the survey into a serializable explanation. Call before placing: placement changes the room and the orderings. */
export function explainPlacement(room: Room, input: ExplanationInput): PlacementExplanation {
  const { survey, orderings, seed, snapshotDigest } = input;
  const { eligible, refused, nearest } = survey;
  const deciding = (a: number, b: number): Ordering | undefined => orderings.find(({ compare }) => compare(a, b) !== 0);
  const best = bestOf(eligible, (a, b) => deciding(a, b)?.compare(a, b) ?? 0);
  const [first, second] = best;
  const decidedBy = first === undefined || second === undefined ? undefined : deciding(first, second)?.by;
  return {
    ...(snapshotDigest === undefined ? {} : { snapshotDigest }),
    seed,
    considered: room.size,
    eligible: eligible.length,
    refused,
    best: best.map((instance) => ({
      containerInstanceId: room.id(instance),
      scores: orderings.flatMap(({ by, value }) => (value === undefined ? [] : [{ by, value: value(instance) }])),
    })),
    ...(decidedBy === undefined ? {} : { decidedBy }),
    ...(nearest === undefined
      ? {}
      : {
          nearest: {
            containerInstanceId: room.id(nearest.instance),
            reason: nearest.filter.reason,
            shortfall: nearest.shortfall,
          },
        }),
  };
}
