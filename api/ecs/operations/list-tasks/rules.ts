/** Which filters of ListTasks go together. */
import type { ListTasksRequest } from '@aws-sdk/client-ecs';
import { invalid } from '../../rules/refusals.ts';

/** Filters that `startedBy` excludes. `desiredStatus` has a default of its own and goes with all. */
const EXCLUDED = ['containerInstance', 'family', 'launchType', 'serviceName'] as const;

/** InvalidParameterException when `startedBy` is not the only filter. */
export function checkFilters(input: ListTasksRequest): void {
  if (input.startedBy === undefined) return;
  const others = EXCLUDED.filter((name) => input[name] !== undefined);
  if (others.length > 0) {
    throw invalid(`startedBy must be the only filter, but the request also has ${others.join(', ')}.`);
  }
}
