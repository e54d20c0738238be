/**
 * One machine and what truly runs on it, whatever agents and workflows believe. It outlives its agent: tasks run on while
 * no agent is there, and are gone when the machine restarts.
 */
import type { TaskBlueprint } from '../../activities/host/launch/container-spec.ts';
import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import { drawFate, imageOf, type BehaviourOf } from './behaviour.ts';
import { SimulatedTask } from './simulated-task.ts';

export interface SimulatedMachineOptions {
  readonly containerInstanceId: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly behaviourOf: BehaviourOf;
}

export class SimulatedMachine {
  readonly containerInstanceId: string;
  readonly #options: SimulatedMachineOptions;
  readonly #tasks = new Map<string, SimulatedTask>();
  /** The agent of the moment. */
  #listener: (task: SimulatedTask) => void = () => undefined;

  constructor(options: SimulatedMachineOptions) {
    this.#options = options;
    this.containerInstanceId = options.containerInstanceId;
  }

  /** Tasks whose containers exist, ended ones that were not cleaned up among them. */
  get tasks(): readonly SimulatedTask[] {
    return [...this.#tasks.values()];
  }

  /** Ids of the tasks that run at this moment. */
  get running(): readonly string[] {
    return this.tasks.filter((task) => task.runs).map((task) => task.plan.taskId);
  }

  get(taskId: string): SimulatedTask | undefined {
    return this.#tasks.get(taskId);
  }

  /** Tells of every change from here on; an agent that was there before hears nothing more. */
  attach(listener: (task: SimulatedTask) => void): void {
    this.#listener = listener;
  }

  launch({ plan, definition }: TaskBlueprint): SimulatedTask {
    const { containerInstanceId, clock, random, behaviourOf } = this.#options;
    const image = imageOf(definition);
    const task = new SimulatedTask({
      containerInstanceId,
      plan,
      image,
      clock,
      // By the task's own id: what a task does hangs on nothing else.
      fate: drawFate(behaviourOf(image), random.fork(plan.taskId)),
      onChange: (changed) => this.#listener(changed),
    });
    this.#tasks.set(plan.taskId, task);
    return task;
  }

  remove(taskId: string): void {
    this.#tasks.get(taskId)?.close();
    this.#tasks.delete(taskId);
  }

  /** The agent's process ended: what it had not yet started is not there. */
  agentEnded(): void {
    this.#listener = () => undefined;
    for (const task of this.tasks) if (!task.hasStarted && !task.isStopped) this.remove(task.plan.taskId);
  }

  /** Power gone: nothing runs. The ended containers of tasks that ran are found by the next agent. */
  restart(): void {
    this.agentEnded();
    for (const task of this.tasks) task.vanish();
  }
}
