/** Describes, as text, what a person asks first when a test on a whole Longshore has failed. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DescribeTasksCommand, ListClustersCommand, ListTasksCommand, type Task } from '@aws-sdk/client-ecs';
import type { RunnerTestCase } from 'vitest';
import { type Longshore, runningLongshores } from '../../support/longshore.ts';

const LINES = 40;

const lastLines = (text: string): string => text.trimEnd().split('\n').slice(-LINES).join('\n');
/** Leaves out successful calls in the API's log, because most of them are the test's own polling. */
const withoutCalls = (log: string): string =>
  log
    .split('\n')
    .filter((line) => !/"status":2.*"msg":"request"/.test(line))
    .join('\n');

const shortId = (arn = ''): string => arn.split('/').at(-1) ?? '';

function describeTask(task: Task): string {
  const containers = (task.containers ?? []).map((container) =>
    [container.name, container.lastStatus, container.exitCode, container.reason].filter((part) => part !== undefined),
  );
  const parts = [
    shortId(task.taskArn),
    shortId(task.taskDefinitionArn),
    task.group,
    `${task.lastStatus} (desired ${task.desiredStatus}, health ${task.healthStatus})`,
    `on ${shortId(task.containerInstanceArn) || 'no instance'}`,
    task.stopCode,
    task.stoppedReason,
    ...containers.map((container) => `[${container.join(' ')}]`),
  ];
  return parts.filter((part) => part !== undefined).join(' ');
}

async function describeTasks({ ecs }: Longshore): Promise<string> {
  const lines: string[] = [];
  const { clusterArns = [] } = await ecs.send(new ListClustersCommand({}));
  for (const cluster of clusterArns) {
    for (const desiredStatus of ['RUNNING', 'STOPPED'] as const) {
      const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster, desiredStatus }));
      if (taskArns.length === 0) continue;
      const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
      lines.push(...tasks.map(describeTask));
    }
  }
  return lines.length === 0 ? 'none' : lines.join('\n');
}

const orWhyNot = (text: Promise<string>): Promise<string> =>
  text.catch((error: unknown) => `unknown: ${String(error)}`);

async function describeLongshore(longshore: Longshore): Promise<string> {
  const log = readFile(join(longshore.dataDir, 'longshore.log'), 'utf8').then((text) => lastLines(withoutCalls(text)));
  const agents = longshore.agents().map((agent, i) => `---- output of agent ${i + 1}\n${lastLines(agent.output())}`);
  return [
    `---- output of longshore start\n${lastLines(longshore.output())}`,
    ...agents,
    `---- end of ${join(longshore.dataDir, 'longshore.log')}\n${await orWhyNot(log)}`,
    `---- tasks\n${await orWhyNot(describeTasks(longshore))}`,
  ].join('\n');
}

const told = new WeakSet<RunnerTestCase>();

/**
 * Describes each failed test only once. A file whose own hooks clean up calls this first, because they run before the
 * project's.
 */
export async function tellFailure(test: Readonly<RunnerTestCase>): Promise<void> {
  if (test.result?.state !== 'fail' || told.has(test)) return;
  told.add(test);
  for (const longshore of runningLongshores()) console.error(await describeLongshore(longshore));
}
