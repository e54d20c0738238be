/** Services and their tasks through the JavaScript SDK, patient with a control plane that is being killed. */
import {
  type ContainerDefinition,
  CreateServiceCommand,
  type CreateServiceCommandInput,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListServicesCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  type Service,
  type Task,
} from '@aws-sdk/client-ecs';
import { expect, vi } from 'vitest';
import type { Longshore } from '../../support/longshore.ts';
import { PATIENCE, webContainer } from './web.ts';

/** Registers a revision of `family` on the bridge network that serves `text` on a dynamic port; returns family:revision. */
export async function registerWeb(
  { ecs }: Longshore,
  family: string,
  text: string,
  more: ContainerDefinition = {},
): Promise<string> {
  const containerDefinitions = [webContainer(text, { portMappings: [{ containerPort: 80 }], ...more })];
  const { taskDefinition } = await ecs.send(new RegisterTaskDefinitionCommand({ family, containerDefinitions }));
  return `${taskDefinition!.family}:${taskDefinition!.revision}`;
}

export const createService = ({ ecs }: Longshore, input: CreateServiceCommandInput): Promise<unknown> =>
  ecs.send(new CreateServiceCommand(input));

export async function describeService({ ecs }: Longshore, name: string): Promise<Service> {
  const { services = [] } = await ecs.send(new DescribeServicesCommand({ services: [name] }));
  return services[0]!;
}

/** Services that are ACTIVE or DRAINING. */
export async function liveServices({ ecs }: Longshore): Promise<Service[]> {
  const { serviceArns = [] } = await ecs.send(new ListServicesCommand({}));
  if (serviceArns.length === 0) return [];
  const { services = [] } = await ecs.send(new DescribeServicesCommand({ services: serviceArns }));
  return services.filter(({ status }) => status !== 'INACTIVE');
}

/** Tasks of the service that should run. */
export async function tasksOf({ ecs }: Longshore, serviceName: string): Promise<Task[]> {
  const { taskArns = [] } = await ecs.send(new ListTasksCommand({ serviceName }));
  if (taskArns.length === 0) return [];
  return (await ecs.send(new DescribeTasksCommand({ tasks: taskArns }))).tasks ?? [];
}

export const revisionOf = (task: Task): string => task.taskDefinitionArn?.split('/').at(-1) ?? '';

/** Returns the tasks once the service is stable with this many tasks of this revision and no others. */
export const stable = (longshore: Longshore, name: string, count: number, revision?: string): Promise<Task[]> =>
  vi.waitFor(async () => {
    const service = await describeService(longshore, name);
    const tasks = await tasksOf(longshore, name);
    const told = tasks
      .map((task) => `${task.taskArn} ${revisionOf(task)} ${task.lastStatus} ${task.healthStatus}`)
      .join('\n');
    expect(service, told).toMatchObject({ desiredCount: count, runningCount: count, pendingCount: 0 });
    expect(service.deployments, told).toMatchObject([{ status: 'PRIMARY', rolloutState: 'COMPLETED' }]);
    expect(tasks.map((task) => task.lastStatus)).toEqual(Array(count).fill('RUNNING'));
    if (revision !== undefined) expect(tasks.map(revisionOf)).toEqual(Array(count).fill(revision));
    return tasks;
  }, PATIENCE);

/** The tasks' container ids. */
export const containerIds = (tasks: readonly Task[]): string[] =>
  tasks.flatMap((task) => task.containers!.map((container) => container.runtimeId!)).sort();
