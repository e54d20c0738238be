/** The tasks of a simulated machine as its agent handles them: what HostTasks is to a Docker engine. */
import type { TaskBlueprint } from '../../activities/host/launch/container-spec.ts';
import type { ExpectedHostTask } from '../../activities/host/launch/host-tasks.ts';
import { EndedTasks } from '../../activities/host/launch/ended-tasks.ts';
import { TASK_VANISHED } from '../../activities/host/launch/vanished.ts';
import type { HostTaskOrders } from '../../activities/host/index.ts';
import { instanceLost } from '../../model/container-instance.ts';
import type { TaskReport } from '../../model/task.ts';
import type { Clock } from '../clock.ts';
import type { SimulatedMachine } from './simulated-machine.ts';
import type { SimulatedTask } from './simulated-task.ts';

export interface SimulatedTasksDeps {
  readonly machine: SimulatedMachine;
  readonly clock: Clock;
  readonly report: (ownerWorkflowId: string, report: TaskReport) => void;
  /** Ended tasks are removed from the machine after this time. */
  readonly cleanupWaitMs: number;
}

export class SimulatedTasks implements HostTaskOrders {
  readonly #deps: SimulatedTasksDeps;
  readonly #ended: EndedTasks;
  readonly #disowned = new Set<SimulatedTask>();
  readonly #cancelCleanUps = new Set<() => void>();

  constructor(deps: SimulatedTasksDeps) {
    this.#deps = deps;
    const { clock, report } = deps;
    const { containerInstanceId } = deps.machine;
    this.#ended = new EndedTasks({ containerInstanceId, now: () => clock.now(), report });
    deps.machine.attach((task) => this.#changed(task));
    for (const task of deps.machine.tasks) if (task.isStopped) this.#afterStop(task);
  }

  launch(blueprint: TaskBlueprint): SimulatedTask | undefined {
    const { taskId, ownerWorkflowId } = blueprint.plan;
    if (this.#ended.reportAgain(taskId, ownerWorkflowId)) return undefined;
    const existing = this.#deps.machine.get(taskId);
    if (existing === undefined) return this.#deps.machine.launch(blueprint);
    if (existing.runs || existing.isStopped) this.#publish(existing);
    return existing;
  }

  decline(taskId: string, ownerWorkflowId: string): void {
    this.#ended.report(taskId, ownerWorkflowId, instanceLost(this.#deps.machine.containerInstanceId));
  }

  stop(taskId: string, ownerWorkflowId: string): SimulatedTask | undefined {
    const task = this.#deps.machine.get(taskId);
    if (task === undefined) {
      this.#ended.report(taskId, ownerWorkflowId);
      return undefined;
    }
    if (task.isStopped) this.#publish(task);
    task.stop();
    return task;
  }

  /** Stops what is not expected before it resolves; reports the rest as it is now. */
  async reconcile(expected: readonly ExpectedHostTask[]): Promise<void> {
    const { machine } = this.#deps;
    const ids = new Set(expected.map((task) => task.taskId));
    await Promise.all(machine.tasks.filter((t) => !ids.has(t.plan.taskId)).map((task) => this.#discard(task)));
    for (const { taskId, ownerWorkflowId, wasRunning, shouldStop } of expected) {
      const task = machine.get(taskId);
      if (task !== undefined) this.#publish(task);
      else if (wasRunning && !shouldStop) this.#ended.report(taskId, ownerWorkflowId, TASK_VANISHED);
      else if (shouldStop) this.#ended.report(taskId, ownerWorkflowId);
    }
  }

  close(): void {
    for (const cancel of this.#cancelCleanUps) cancel();
  }

  async #discard(task: SimulatedTask): Promise<void> {
    this.#disowned.add(task);
    task.stop();
    await task.until('stopped');
    this.#disowned.delete(task);
    this.#deps.machine.remove(task.plan.taskId);
  }

  #changed(task: SimulatedTask): void {
    this.#publish(task);
    if (task.isStopped) this.#afterStop(task);
  }

  #publish(task: SimulatedTask): void {
    if (!this.#disowned.has(task)) this.#deps.report(task.plan.ownerWorkflowId, task.report());
  }

  #afterStop(task: SimulatedTask): void {
    this.#ended.remember(task.report());
    const cancel = this.#deps.clock.after(this.#deps.cleanupWaitMs, () => {
      this.#cancelCleanUps.delete(cancel);
      this.#deps.machine.remove(task.plan.taskId);
    });
    this.#cancelCleanUps.add(cancel);
  }
}
