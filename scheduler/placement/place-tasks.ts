/** Places the tasks of one request on a capacity snapshot. */
import type { CapacitySnapshot } from '../../model/capacity.ts';
import { createFilters } from './filters/index.ts';
import { createQueue } from './queue.ts';
import { explainRefusal, findFailed } from './refusal.ts';
import { Room } from './room.ts';
import { createOrderings } from './strategies/index.ts';
import { explainPlacement, surveyRoom } from './survey.ts';
import type { Placed, PlacementRequest, PlacementResult } from './types.ts';

/**
 * Decides where the request's tasks go: filters select the instances that can take one, strategies rank them, and the
 * best takes the next task. Same request, snapshot and seed, same answer, whatever the order of the snapshot's columns.
 */
export function placeTasks(request: PlacementRequest, snapshot: CapacitySnapshot, seed: number): PlacementResult {
  const room = new Room(request, snapshot);
  const filters = createFilters(room);
  const orderings = createOrderings(room, seed);
  const takesTask = (instance: number): boolean => findFailed(filters, instance) === undefined;
  const survey = surveyRoom(room, filters);
  const explanation = explainPlacement(room, { survey, orderings, seed, snapshotDigest: snapshot.digest });
  const queue = createQueue(survey.eligible, orderings);
  const placed: Placed[] = [];
  while (placed.length < request.count) {
    const instance = queue.first();
    if (instance === undefined) return { placed, explanation, refusal: explainRefusal(room, filters) };
    placed.push(room.placeOn(instance));
    for (const ordering of orderings) ordering.record(instance);
    queue.settleFirst(takesTask(instance));
  }
  return { placed, explanation };
}
