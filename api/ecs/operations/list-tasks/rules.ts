/** Tells which filters of ListTasks may be combined. */
import type { ListTasksRequest } from '@aws-sdk/client-ecs';
import { invalid } from '../../rules/refusals.ts';

/** Filters that `startedBy` excludes. It does not exclude `desiredStatus`, which has a default. */
const EXCLUDED = ['containerInstance', 'family', 'launchType', 'serviceName'] as const;

/** Throws InvalidParameterException if `startedBy` is given and is not the only filter. */
export function checkFilters(input: ListTasksRequest): void {
  if (input.startedBy === undefined) return;
  const others = EXCLUDED.filter((name) => input[name] !== undefined);
  if (others.length > 0) {
    throw invalid(`startedBy must be the only filter, but the request also has ${others.join(', ')}.`);
  }
}
