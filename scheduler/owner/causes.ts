/** What an owner has learned since it last came to rest: kept short, however much it was. */
import type { DecisionCause } from '../../model/decision.ts';

/** How many calls and notices to remember; older ones have their own decisions. */
const REMEMBERED = 3;
const TASKS_NAMED = 5;

/** The causes with one more: reports are merged into one, and a repeat is dropped. */
export function withCause(causes: readonly DecisionCause[], cause: DecisionCause): readonly DecisionCause[] {
  const same = causes.filter(({ kind }) => kind === cause.kind);
  const others = causes.filter(({ kind }) => kind !== cause.kind);
  if (cause.kind === 'report') {
    const earlier = same.flatMap((other) => (other.kind === 'report' ? [other] : []));
    const taskIds = [...new Set([...earlier.flatMap((other) => other.taskIds), ...cause.taskIds])];
    const tasks = earlier.reduce((sum, other) => sum + other.tasks, cause.tasks);
    return [...others, { kind: 'report', tasks, taskIds: taskIds.slice(0, TASKS_NAMED) }];
  }
  const text = JSON.stringify(cause);
  const kept = same.filter((other) => JSON.stringify(other) !== text);
  return cause.kind === 'call'
    ? [cause, ...kept.slice(0, REMEMBERED - 1), ...others]
    : [...others, ...kept.slice(1 - REMEMBERED), cause];
}
