/** Tasks whose containers a real engine showed: `inspects.json` was recorded with version 20.10. */
import { readFileSync } from 'node:fs';
import type { ContainerInspectInfo } from 'dockerode';
import type { TaskBlueprint } from '../../../../activities/host/launch/container-spec.ts';
import { planTask } from '../../../../activities/host/launch/plan.ts';
import { adoptedLife, type TaskLife } from '../../../../activities/host/launch/task-life.ts';
import { fromInspect } from '../../../../activities/host/runtime/inspect.ts';
import type { TaskLaunch } from '../../../../activities/host/types.ts';
import type { TaskDefinition } from '../../../../model/task-definition.ts';

export type Mode = 'bridge' | 'awsvpc' | 'host';

const recorded = JSON.parse(readFileSync(new URL('inspects.json', import.meta.url), 'utf8')) as Record<
  Mode,
  Record<string, ContainerInspectInfo>
>;

/** What the engine showed of the task's containers. */
export const inspected = (mode: Mode): ReadonlyMap<string, ContainerInspectInfo> =>
  new Map(Object.entries(recorded[mode]));

const LETTERS = { bridge: 'b', awsvpc: 'a', host: 'c' } as const;
export const taskIdOf = (mode: Mode): string => LETTERS[mode].repeat(32);
export const taskArnOf = (mode: Mode): string => `arn:aws:ecs:us-east-1:123456789012:task/default/${taskIdOf(mode)}`;

export interface BlueprintOptions {
  readonly definition?: Partial<TaskDefinition>;
  readonly launch?: Partial<TaskLaunch>;
}

export function blueprint(mode: Mode | 'none', { definition = {}, launch = {} }: BlueprintOptions = {}): TaskBlueprint {
  const known = mode === 'none' ? 'bridge' : mode;
  const whole: TaskDefinition = {
    taskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1',
    family: 'web',
    revision: 1,
    registeredAt: 0,
    networkMode: mode,
    taskRoleArn: 'arn:aws:iam::123456789012:role/app',
    cpu: '256',
    memory: '512',
    containerDefinitions: [
      {
        name: 'main',
        cpu: 64,
        memory: 128,
        portMappings: [{ containerPort: 80, hostPort: mode === 'bridge' ? 8080 : 80 }],
        healthCheck: { command: ['CMD-SHELL', 'exit 1'] },
        logConfiguration: { logDriver: 'json-file', secretOptions: [{ name: 'tag', valueFrom: 'x' }] },
      },
      { name: 'once', essential: false, restartPolicy: { enabled: true } },
    ],
    ...definition,
  };
  const order: TaskLaunch = {
    taskId: taskIdOf(known),
    taskArn: taskArnOf(known),
    taskDefinitionArn: whole.taskDefinitionArn,
    group: 'service:web',
    overrides: {},
    ...launch,
  };
  const plan = planTask(whole, order, 'service/default/web');
  return { containerInstanceId: 'i'.repeat(32), clusterName: 'default', definition: whole, launch: order, plan };
}

/** The task as an agent that adopted it knows it. */
export function lifeOf(mode: Mode, options: BlueprintOptions = {}): TaskLife {
  const observed = [...inspected(mode)].map(([name, info]) => [name, fromInspect(info)] as const);
  return adoptedLife(blueprint(mode, options).plan, new Map(observed));
}
