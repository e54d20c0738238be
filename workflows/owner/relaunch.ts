/** Which work on an instance is in flight for an owner: to be issued again when an agent returns or a run continues. */
import { isBeforeRunning } from '../../model/status.ts';
import type { OwnedTask } from './owned-tasks.ts';

export interface InFlight<T> {
  readonly launches: readonly T[];
  readonly stops: readonly string[];
}

export function inFlight<T extends OwnedTask>(tasks: readonly T[]): InFlight<T> {
  return {
    launches: tasks.filter((task) => task.desiredStatus === 'RUNNING' && isBeforeRunning(task.lastStatus)),
    stops: tasks.filter((task) => task.desiredStatus === 'STOPPED').map((task) => task.taskId),
  };
}
