/** What happened to a task after it was reserved, step by step, from its row. */
import type { Task, TaskContainer } from '../../model/task.ts';
import type { Step } from './step.ts';

/** Leaves out a container's reason if it only repeats the task's. */
function containerEnd({ name, exitCode, reason = '' }: TaskContainer, stoppedReason: string | undefined): string {
  const code = exitCode === undefined ? 'never ran' : `exited with ${exitCode}`;
  return `Container ${name} ${code}${reason === '' || reason === stoppedReason ? '' : ` (${reason})`}`;
}

/** One step for each time that the row has, in the order of a task's life. */
export function taskSteps(task: Task): readonly Step[] {
  const { taskId, containers, held, stopCode, stoppedReason } = task;
  const where = task.containerInstanceId === undefined ? '' : ` on container instance ${task.containerInstanceId}`;
  const reason = [stopCode, stoppedReason].filter((part) => part !== undefined).join(': ');
  const stop = reason === '' ? [] : [reason];
  const ends = containers.map((container) => containerEnd(container, stoppedReason));
  const health = task.healthStatus === 'UNKNOWN' ? [] : [`Its health is ${task.healthStatus} now`];
  const steps: readonly (readonly [at: number | undefined, headline: string, details: readonly string[]])[] = [
    [
      task.createdAt,
      `Task ${taskId} was created${where}`,
      [`Task definition ${task.family}:${task.revision}`, `Reserved: ${held.cpu} CPU units, ${held.memoryMiB} MiB`],
    ],
    [task.pullStartedAt, 'The agent began to pull the images of the task', []],
    [task.pullStoppedAt, 'The agent has the images of the task', []],
    [task.startedAt, 'The task reached RUNNING', health],
    [task.stoppingAt, 'The task began to stop', stop],
    [task.executionStoppedAt, 'The containers of the task ended', ends],
    [
      task.stoppedAt,
      'The task reached STOPPED',
      [...(task.stoppingAt === undefined ? stop : []), ...(task.executionStoppedAt === undefined ? ends : [])],
    ],
  ];
  return steps.flatMap(([at, headline, details]) =>
    at === undefined ? [] : [{ at, kind: 'task' as const, headline, details }],
  );
}
