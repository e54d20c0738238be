/** Places the tasks of a DAEMON service: one on each instance that its plan named. */
import type { CapacitySnapshot } from '../../model/capacity.ts';
import { createFilters } from '../placement/filters/index.ts';
import { explainRefusal } from '../placement/refusal.ts';
import { Room } from '../placement/room.ts';
import { explainPlacement, surveyRoom } from '../placement/survey.ts';
import type { PlacementRequest, PlacementResult } from '../placement/types.ts';

/**
 * One task on each instance of the snapshot, which was taken for the instances that lack one. The refusal covers all
 * instances that cannot take their task now. The instances met the constraints when they were chosen.
 */
export function placeOnEach(request: PlacementRequest, snapshot: CapacitySnapshot): PlacementResult {
  const room = new Room({ ...request, constraints: [], strategies: [] }, snapshot);
  const filters = createFilters(room);
  const survey = surveyRoom(room, filters);
  // No strategy and no randomness: the plan named each instance.
  const explanation = explainPlacement(room, { survey, orderings: [], seed: 0, snapshotDigest: snapshot.digest });
  const { eligible } = survey;
  const refusal = eligible.length < snapshot.ids.length ? explainRefusal(room, filters) : undefined;
  return { placed: eligible.map((i) => room.placeOn(i)), explanation, ...(refusal ? { refusal } : {}) };
}
