/** The agent's tasks over a simulated engine in virtual time, with the owner's side replaced by a list of reports. */
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { pino } from 'pino';
import { HostTasks, type ExpectedHostTask } from '../../activities/host/launch/host-tasks.ts';
import { planTask } from '../../activities/host/launch/plan.ts';
import type { TaskRun } from '../../activities/host/launch/task-run.ts';
import type { ContainerRuntime } from '../../activities/host/runtime/types.ts';
import { defined } from '../../model/defined.ts';
import type { TaskControl } from '../../model/task-calls.ts';
import type { TaskDefinition } from '../../model/task-definition.ts';
import type { TaskReport } from '../../model/task.ts';
import { VirtualClock } from '../../simulation/engine/virtual-clock.ts';
import { withVirtualGlobals } from '../../simulation/engine/virtual-globals.ts';
import { createRandom } from '../../simulation/random.ts';
import { DEFAULT_BEHAVIOUR, type TaskBehaviour } from '../../simulation/runtime/behaviour.ts';
import { connectTo, type EngineConnection } from '../../simulation/runtime/engine-connection.ts';
import { SimulatedEngine } from '../../simulation/runtime/simulated-engine.ts';
import { taskDefinition } from './commands.ts';

export const OWNER = 'service/default/web';
export const CLEANUP_WAIT_MS = 60_000;
/** Longer than any task takes to start or stop. */
const WHILE_MS = 30_000;

/** Behaviour by image; DEFAULT_BEHAVIOUR for other images. */
export type Behaviours = Readonly<Record<string, Partial<TaskBehaviour>>>;

export class SimulatedHost {
  readonly reports: TaskReport[] = [];
  readonly clock: VirtualClock;
  readonly engine: SimulatedEngine;
  tasks: HostTasks;
  #connection: EngineConnection;

  readonly #secrets: TaskControl['secrets'] | undefined;

  constructor(behaviours: Behaviours, secrets?: TaskControl['secrets']) {
    this.#secrets = secrets;
    const random = createRandom('test');
    this.clock = new VirtualClock(1_000_000, random.fork('clock'));
    const behaviourOf = (image: string): TaskBehaviour => ({ ...DEFAULT_BEHAVIOUR, ...behaviours[image] });
    this.engine = new SimulatedEngine({ clock: this.clock, random, behaviourOf });
    this.#connection = connectTo(this.engine);
    this.tasks = this.#createTasks();
  }

  launch(taskId: string, definition: TaskDefinition = taskDefinition()): TaskRun | undefined {
    const taskArn = `arn:aws:ecs:us-east-1:123456789012:task/default/${taskId}`;
    const { taskDefinitionArn } = definition;
    const launch = { taskId, taskArn, taskDefinitionArn, group: 'service:web', overrides: {} };
    const plan = planTask(definition, launch, OWNER);
    return this.tasks.launch({ clusterName: 'default', containerInstanceId: 'i1', definition, launch, plan });
  }

  stop(taskId: string): void {
    this.tasks.stop(taskId, OWNER);
  }

  get runtime(): ContainerRuntime {
    return this.#connection.runtime;
  }

  /** Long enough for everything under way to finish. */
  aWhile(): Promise<void> {
    return this.clock.advance(WHILE_MS);
  }

  /** Kills the agent and leaves its engine alone. */
  killAgent(): void {
    this.tasks.close();
    this.#connection.cut();
  }

  /** Starts a new agent. From now on, `reports` are only its own. */
  async startAgent(expected?: readonly ExpectedHostTask[]): Promise<void> {
    this.#connection = connectTo(this.engine);
    this.tasks = this.#createTasks();
    this.reports.length = 0;
    await this.tasks.open();
    if (!expected) return;
    const reconciled = this.tasks.reconcile(expected);
    await this.aWhile();
    await reconciled;
  }

  /** Names of the engine's containers with their states. */
  async containers(): Promise<readonly string[]> {
    const observed = await Promise.all((await this.engine.list({})).map((id) => this.engine.inspect(id)));
    return observed.map((one) => `${one?.labels['com.amazonaws.ecs.container-name']} ${one?.status}`);
  }

  #createTasks(): HostTasks {
    return new HostTasks({
      runtime: this.#connection.runtime,
      containerInstanceId: 'i1',
      logger: pino({ level: 'silent' }),
      now: () => this.clock.now(),
      report: (_owner, report) => void this.reports.push(report),
      cleanupWaitMs: CLEANUP_WAIT_MS,
      ...defined({ secrets: this.#secrets }),
    });
  }
}

/** Runs the story on a host whose agent has started; all of its timers are virtual. `secrets`: what the control plane answers. */
export async function onHost(
  behaviours: Behaviours,
  story: (host: SimulatedHost) => Promise<void>,
  secrets?: TaskControl['secrets'],
): Promise<void> {
  const host = new SimulatedHost(behaviours, secrets);
  await withVirtualGlobals(host.clock, createRandom('globals'), async () => {
    await host.startAgent();
    await story(host);
  });
}

export const expectedTask = (taskId: string, more: Partial<ExpectedHostTask> = {}): ExpectedHostTask => ({
  taskId,
  ownerWorkflowId: OWNER,
  wasRunning: true,
  shouldStop: false,
  ...more,
});

export const container = (name: string, more: Partial<ContainerDefinition> = {}): ContainerDefinition => ({
  name,
  image: name,
  memory: 64,
  ...more,
});
