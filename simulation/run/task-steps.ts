/** The steps that call RunTask, StartTask, StopTask and UpdateTaskProtection. */
import type { Failure, Task } from '@aws-sdk/client-ecs';
import { computeOf } from './compute.ts';
import { instanceAt } from './instance-steps.ts';
import { shortId, type Answer, type StepOf, type StepTable, type User } from './user.ts';

export function taskSteps(user: User): Pick<StepTable, 'runTask' | 'startTask' | 'stopTask' | 'protectTask'> {
  return {
    runTask: (step) => runTask(user, step),
    startTask: (step) => startTask(user, step),
    stopTask: (step) => stopTask(user, step),
    protectTask: (step) => protectTask(user, step),
  };
}

async function runTask(user: User, { tasks, count, capacityProviders }: StepOf<'runTask'>): Promise<void> {
  const answer = await user.callPatiently('RunTask', {
    taskDefinition: tasks,
    count,
    clientToken: user.token(),
    ...computeOf(user.scenario, { tasks, capacityProviders }),
  });
  await checkStarted(user, answer, count);
}

/** Makes the call once only: StartTask has no client token, so a second call could start a second task. */
async function startTask(user: User, { tasks, instance: place }: StepOf<'startTask'>): Promise<void> {
  const instance = instanceAt(user, place);
  if (!instance) return;
  const answer = await user.call('StartTask', { taskDefinition: tasks, containerInstances: [instance.id] });
  await checkStarted(user, answer, 1);
}

/** Each requested task is started or named as a failure, and each started one is known from then on. */
async function checkStarted(user: User, answer: Answer, count: number): Promise<void> {
  if (answer.kind !== 'done') return;
  const started = ((answer.body['tasks'] ?? []) as Task[]).map(({ taskArn = '' }) => shortId(taskArn));
  const failures = (answer.body['failures'] ?? []) as Failure[];
  if (started.length + failures.length !== count)
    user.broken(
      `${count} tasks were requested, but the answer has ${started.length} tasks and ${failures.length} failures`,
    );
  const rows = await user.world.store.getTasks(user.clusterName, started);
  for (const id of started)
    if (!rows.some((row) => row.taskId === id)) user.broken(`task ${id} was in an answer, but is unknown`);
}

async function stopTask(user: User, { place }: StepOf<'stopTask'>): Promise<void> {
  const task = await liveTask(user, place);
  if (task === undefined) return;
  const answer = await user.call('StopTask', { task });
  if (answer.kind !== 'done') return;
  user.expectations.stoppedTaskIds.add(task);
  const [row] = await user.world.store.getTasks(user.clusterName, [task]);
  if (row && row.desiredStatus !== 'STOPPED')
    user.broken(`task ${task} was stopped, but its desiredStatus is not STOPPED`);
}

async function protectTask(user: User, { place, minutes }: StepOf<'protectTask'>): Promise<void> {
  const task = await liveTask(user, place);
  if (task === undefined) return;
  const protection =
    minutes === undefined ? { protectionEnabled: false } : { protectionEnabled: true, expiresInMinutes: minutes };
  await user.call('UpdateTaskProtection', { tasks: [task], ...protection });
}

async function liveTask({ world }: User, place: number): Promise<string | undefined> {
  const live = (await world.store.listLiveTasks()).map((task) => task.taskId).sort();
  return live[Math.min(Math.floor(place * live.length), live.length - 1)];
}
