/** A host for tests: the agent's tasks over a real engine, with the owner's side replaced by a list of reports. */
import { randomBytes } from 'node:crypto';
import type { ContainerDefinition, TaskOverride } from '@aws-sdk/client-ecs';
import { PassThrough } from 'node:stream';
import { pino } from 'pino';
import type { AgentVariables } from '../../../activities/host/launch/container-spec.ts';
import { HostTasks, type HostTasksDeps } from '../../../activities/host/launch/host-tasks.ts';
import { planTask } from '../../../activities/host/launch/plan.ts';
import { LABELS } from '../../../activities/host/launch/labels.ts';
import type { TaskRun } from '../../../activities/host/launch/task-run.ts';
import { connectDocker, DockerRuntime } from '../../../activities/host/runtime/docker-runtime.ts';
import type { TaskLaunch } from '../../../activities/host/types.ts';
import type { TaskControl } from '../../../model/task-calls.ts';
import type { TaskDefinition } from '../../../model/task-definition.ts';
import type { TaskReport } from '../../../model/task.ts';
import type { DockerEngine } from '../../../fixtures/docker-engines.ts';
import { TEST_IMAGE } from '../../support/images.ts';

export const OWNER = 'service/default/web';

/** A container that runs a shell script of busybox. */
export const shell = (name: string, script: string, more: Partial<ContainerDefinition> = {}): ContainerDefinition => ({
  name,
  image: TEST_IMAGE,
  entryPoint: ['/bin/sh', '-c'],
  command: [script],
  stopTimeout: 1,
  ...more,
});

/** A command that answers `text` over HTTP on the port. */
export const web = (name: string, text: string, port = 8080, more: Partial<ContainerDefinition> = {}) =>
  shell(name, `mkdir -p /tmp/www && echo ${text} > /tmp/www/index.html && exec httpd -f -p ${port} -h /tmp/www`, more);

/** A command that ends at once on SIGTERM, unlike most shells as process 1. */
export const WAIT = "trap 'exit 0' TERM; while :; do sleep 0.1; done";

export const definition = (
  containers: readonly ContainerDefinition[],
  more: Partial<TaskDefinition> = {},
): TaskDefinition => ({
  taskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1',
  family: 'web',
  revision: 1,
  registeredAt: 0,
  networkMode: 'bridge',
  containerDefinitions: [...containers],
  ...more,
});

export interface LaunchOptions {
  readonly taskId?: string;
  readonly overrides?: TaskOverride;
  readonly logDriverMode?: NonNullable<TaskLaunch['logDriverMode']>;
  readonly launchType?: NonNullable<TaskLaunch['launchType']>;
}

interface HostOptions extends Pick<HostTasksDeps, 'cgroups' | 'checkGuards' | 'checkVolume' | 'boundsOf'> {
  readonly variables?: AgentVariables;
  /** What the control plane answers. Absent: the agent cannot ask. */
  readonly secrets?: TaskControl['secrets'];
}

export class TestHost {
  readonly containerInstanceId: string;
  readonly reports: TaskReport[] = [];
  readonly tasks: HostTasks;
  readonly engine: DockerEngine;

  private constructor(
    engine: DockerEngine,
    containerInstanceId: string,
    { cleanupWaitMs, ...more }: HostOptions & { readonly cleanupWaitMs: number },
  ) {
    this.engine = engine;
    this.containerInstanceId = containerInstanceId;
    this.tasks = new HostTasks({
      runtime: new DockerRuntime(connectDocker({ socketPath: engine.socketPath })),
      containerInstanceId,
      ...more,
      logger: pino({ level: 'silent' }),
      now: Date.now,
      report: (_owner, report) => this.reports.push(report),
      cleanupWaitMs,
    });
  }

  /** Starts an agent on the engine; with the id of an earlier one, it is that agent restarted. */
  static async open(
    engine: DockerEngine,
    {
      id = randomBytes(16).toString('hex'),
      cleanupWaitMs = 600_000,
      ...more
    }: HostOptions & { readonly id?: string; readonly cleanupWaitMs?: number } = {},
  ): Promise<TestHost> {
    const host = new TestHost(engine, id, { cleanupWaitMs, ...more });
    await host.tasks.open();
    return host;
  }

  launch(
    task: TaskDefinition,
    { taskId = randomBytes(16).toString('hex'), overrides = {}, ...more }: LaunchOptions = {},
  ): TaskRun {
    const launch = {
      taskId,
      taskArn: `arn:aws:ecs:us-east-1:123456789012:task/default/${taskId}`,
      taskDefinitionArn: task.taskDefinitionArn,
      group: 'service:web',
      overrides,
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
      ...more,
    };
    const run = this.tasks.launch({
      clusterName: 'default',
      containerInstanceId: this.containerInstanceId,
      definition: task,
      launch,
      plan: planTask(task, launch, OWNER),
    });
    if (run === undefined) throw new Error('the task had already ended');
    return run;
  }

  /** Launches the task and waits until it is RUNNING or STOPPED. Returns its latest report. */
  async run(task: TaskDefinition, options: LaunchOptions = {}): Promise<TaskReport> {
    const run = this.launch(task, options);
    await run.until('running', 'stopped');
    return run.report();
  }

  async stop(taskId: string): Promise<TaskReport> {
    const run = this.tasks.stop(taskId, OWNER);
    await run?.until('stopped');
    return this.latest(taskId);
  }

  latest(taskId: string): TaskReport {
    const report = this.reports.findLast((r) => r.taskId === taskId);
    if (report === undefined) throw new Error(`no report on ${taskId}`);
    return report;
  }

  /** Waits until a report of the task satisfies the condition. */
  async reported(taskId: string, condition: (report: TaskReport) => boolean, limitMs = 60_000): Promise<TaskReport> {
    for (const deadline = Date.now() + limitMs; Date.now() < deadline;) {
      const found = this.reports.find((r) => r.taskId === taskId && condition(r));
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    throw new Error(`not reported: ${JSON.stringify(this.reports.filter((r) => r.taskId === taskId).at(-1))}`);
  }

  /** Runs a shell script inside a container, and returns its output. Throws if it fails. */
  async sh(containerId: string, script: string): Promise<string> {
    const command = await this.engine.docker
      .getContainer(containerId)
      .exec({ Cmd: ['/bin/sh', '-c', script], AttachStdout: true, AttachStderr: true });
    const stream = await command.start({});
    const pieces: Buffer[] = [];
    const output = new PassThrough().on('data', (piece: Buffer) => pieces.push(piece));
    this.engine.docker.modem.demuxStream(stream, output, output);
    await new Promise((resolve) => stream.once('end', resolve));
    const { ExitCode } = await command.inspect();
    const text = Buffer.concat(pieces).toString();
    if (ExitCode !== 0) throw new Error(`${script} ended with ${String(ExitCode)}: ${text}`);
    return text;
  }

  /** Begins a command inside a container. */
  async begin(containerId: string, ...Cmd: string[]): Promise<void> {
    const command = await this.engine.docker.getContainer(containerId).exec({ Cmd, AttachStdout: true });
    await command.start({ Detach: true });
  }

  /** Names of the task's containers on the engine, the holder's included, running or not. */
  async containers(taskId: string): Promise<string[]> {
    const filters = { label: [`${LABELS.taskId}=${taskId}`] };
    const found = await this.engine.docker.listContainers({ all: true, filters });
    return found.map((c) => c.Labels[LABELS.containerName] ?? '').sort();
  }

  /** Stops and removes everything, and the agent. */
  async close(): Promise<void> {
    await this.tasks.reconcile([]);
    this.tasks.close();
  }
}
