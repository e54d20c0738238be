/** What a person reads in the Temporal UI without opening any JSON. */
import { isWaiting, type OwnedTask } from '../../scheduler/owner/owned-task.ts';

const MAX_LISTED_TASKS = 50;

const placeOf = (task: OwnedTask): string =>
  isWaiting(task)
    ? `waits for capacity provider ${task.capacityProviderName ?? ''}`
    : `on ${task.containerInstanceId.slice(0, 8)}`;

/** Markdown: a sentence, then one line a task. */
export function taskListDetails(tasks: readonly OwnedTask[], sentence: string): string {
  const listed = tasks.slice(0, MAX_LISTED_TASKS).map((task) => {
    const health = task.healthStatus === 'UNKNOWN' ? '' : `, ${task.healthStatus}`;
    const leaving = task.desiredStatus === 'STOPPED' ? ' → STOPPED' : '';
    return `- \`${task.taskId}\` ${task.lastStatus}${leaving}${health} ${placeOf(task)}`;
  });
  const more = tasks.length > MAX_LISTED_TASKS ? [`- and ${tasks.length - MAX_LISTED_TASKS} more`] : [];
  return [sentence, '', ...listed, ...more].join('\n');
}
