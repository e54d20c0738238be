/** What became of a task once it was reserved, step by step, from its row. */
import type { Task, TaskContainer } from '../../model/task.ts';
import type { Step } from './step.ts';

function containerEnd({ name, exitCode, reason }: TaskContainer): string {
  const code = exitCode === undefined ? 'never ran' : `exited with ${exitCode}`;
  return `container ${name} ${code}${reason === undefined || reason === '' ? '' : ` (${reason})`}`;
}

/** The steps that the row has times for, in the order in which a task takes them. */
export function taskSteps(task: Task): readonly Step[] {
  const { taskId, containers } = task;
  const where = task.containerInstanceId === undefined ? '' : ` on container instance ${task.containerInstanceId}`;
  const stop = [task.stopCode, task.stoppedReason].filter((part) => part !== undefined).join(': ');
  const health = task.healthStatus === 'UNKNOWN' ? '' : ` Its health is ${task.healthStatus}.`;
  const steps: readonly (readonly [at: number | undefined, sentence: string])[] = [
    [
      task.createdAt,
      `Task ${taskId} of ${task.family}:${task.revision} was recorded${where}; it holds ${task.held.cpu} CPU units and ${task.held.memoryMiB} MiB.`,
    ],
    [task.pullStartedAt, 'Its agent began to pull the images.'],
    [task.pullStoppedAt, 'The images were there.'],
    [task.startedAt, `It reached RUNNING.${health}`],
    [task.stoppingAt, `It began to stop${stop === '' ? '' : ` (${stop})`}.`],
    [task.executionStoppedAt, `Its containers ended: ${containers.map(containerEnd).join(', ')}.`],
    [task.stoppedAt, `It is STOPPED${stop === '' ? '' : ` (${stop})`}: ${containers.map(containerEnd).join(', ')}.`],
  ];
  return steps.flatMap(([at, sentence]) => (at === undefined ? [] : [{ at, kind: 'task' as const, sentence }]));
}
