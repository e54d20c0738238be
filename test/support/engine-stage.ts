/**
 * One task of one agent on an engine whose answers and events come in an order that the test chooses. Needs fake
 * timers.
 */
import pino from 'pino';
import { vi } from 'vitest';
import { HostTasks } from '../../activities/host/launch/host-tasks.ts';
import { planTask } from '../../activities/host/launch/plan.ts';
import type { TaskDefinition } from '../../model/task-definition.ts';
import type { TaskReport } from '../../model/task.ts';
import { advanceTask, type AdvanceableTask } from '../../scheduler/tasks/advance-task.ts';
import { PermutingEngine, type Program } from './permuting-engine.ts';

const OWNER = 'run-task/1';
const TASK = 't1';
const MOST_TURNS = 400;
const QUIET_MS = 1_000;

export interface EngineStory {
  readonly programs: Readonly<Record<string, Program>>;
  readonly definition: TaskDefinition;
  /** Chooses, again and again, which of the due actions happens next. */
  readonly choices: readonly number[];
  /** After how many turns the agent is restarted. */
  readonly restartAfter?: number | undefined;
  /** After how many turns containers are removed by a person. */
  readonly removal?: { readonly name: string; readonly after: number };
}

export class EngineStage {
  readonly engine: PermutingEngine;
  readonly reports: TaskReport[] = [];
  /** The task as its owner sees it. */
  task: AdvanceableTask = { lastStatus: 'PENDING', desiredStatus: 'RUNNING', healthStatus: 'UNKNOWN', version: 1 };
  readonly #story: EngineStory;
  #agent: HostTasks | undefined;

  constructor(story: EngineStory) {
    this.#story = story;
    this.engine = new PermutingEngine(story.programs, Date.now);
  }

  get last(): TaskReport | undefined {
    return this.reports.at(-1);
  }

  /** Plays until the task is STOPPED or nothing more happens. */
  async play(): Promise<void> {
    const { choices, restartAfter, removal } = this.#story;
    await this.#start(false);
    for (let turn = 0, quiet = 0; turn < MOST_TURNS && quiet < 3; turn++) {
      if (turn === restartAfter) await this.#start(true);
      if (turn === removal?.after) this.engine.removeByHand(removal.name);
      quiet = this.engine.isQuiet ? quiet + 1 : 0;
      if (this.engine.isQuiet) await vi.advanceTimersByTimeAsync(QUIET_MS);
      else this.engine.turn(choices[turn % choices.length] ?? 0);
      await vi.advanceTimersByTimeAsync(1);
    }
    this.#agent?.close();
  }

  async #start(again: boolean): Promise<void> {
    this.#agent?.close();
    this.engine.forgetAgent();
    const agent = new HostTasks({
      runtime: this.engine.runtime,
      containerInstanceId: 'i1',
      logger: pino({ level: 'silent' }),
      now: Date.now,
      report: (_owner, report) => {
        if (agent === this.#agent) this.#hear(report);
      },
      cleanupWaitMs: 3_600_000,
    });
    this.#agent = agent;
    const opened = agent.open();
    while (!(await Promise.race([opened.then(() => true), vi.advanceTimersByTimeAsync(1).then(() => false)])))
      this.engine.turn(0);
    if (again) await this.#reconcile(agent);
    if (this.task.lastStatus === 'PENDING' && this.task.desiredStatus === 'RUNNING') this.#launch(agent);
  }

  async #reconcile(agent: HostTasks): Promise<void> {
    const { lastStatus, desiredStatus } = this.task;
    if (lastStatus === 'STOPPED') return;
    const wasRunning = lastStatus !== 'PENDING';
    const shouldStop = desiredStatus === 'STOPPED';
    await agent.reconcile([{ taskId: TASK, ownerWorkflowId: OWNER, wasRunning, shouldStop }]);
    // When an agent has returned, the owner repeats its orders that are under way.
    if (shouldStop) agent.stop(TASK, OWNER);
  }

  #launch(agent: HostTasks): void {
    const { definition } = this.#story;
    const launch = {
      taskId: TASK,
      taskArn: 'arn:aws:ecs:us-east-1:123456789012:task/default/t1',
      taskDefinitionArn: definition.taskDefinitionArn,
      group: 'family:web',
      overrides: {},
    };
    const plan = planTask(definition, launch, OWNER);
    agent.launch({ clusterName: 'default', containerInstanceId: 'i1', definition, launch, plan });
  }

  #hear(report: TaskReport): void {
    this.reports.push(report);
    const after = advanceTask(this.task, report);
    if (after !== 'unchanged') this.task = after;
  }
}
