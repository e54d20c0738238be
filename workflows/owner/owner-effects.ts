/** Carries out what the reducer of any owner of tasks wants: work on container instances, and records. */
import { workflowInfo } from '@temporalio/workflow';
import type { TaskLaunch } from '../../activities/host/types.ts';
import type { TaskDefinitions } from '../../model/service.ts';
import type { TaskReport } from '../../model/task.ts';
import type { OwnerEffect } from '../../scheduler/owner/effects.ts';
import { isLaunching, type OwnedTask, type Tasks } from '../../scheduler/owner/owned-task.ts';
import { ownDecision } from './decision-record.ts';
import { HostWork } from './host-work.ts';
import type { RecordWriter } from './record-writer.ts';

export interface OwnerEffectsOptions<T extends OwnedTask> {
  readonly clusterName: string;
  readonly writer: RecordWriter;
  /** The owner's tasks as they are now. */
  readonly tasks: () => Tasks<T>;
  readonly taskDefinitions: () => TaskDefinitions;
  /** What an agent needs to launch the task. */
  readonly launchOf: (task: T) => TaskLaunch;
  /** Reports that come as the answer to a launch or a stop. */
  readonly onReports: (reports: readonly TaskReport[]) => void;
}

export class OwnerEffects<T extends OwnedTask> {
  readonly #options: OwnerEffectsOptions<T>;
  readonly #host: HostWork;

  constructor(options: OwnerEffectsOptions<T>) {
    const { clusterName, tasks, taskDefinitions, onReports } = options;
    this.#options = options;
    this.#host = new HostWork({
      clusterName,
      ownerWorkflowId: workflowInfo().workflowId,
      taskDefinitions,
      onReports,
      isWanted: (taskId, kind) => {
        const task = tasks().get(taskId);
        if (!task) return false;
        return kind === 'launch' ? isLaunching(task) : task.desiredStatus === 'STOPPED';
      },
    });
  }

  /** Launches and stops, a batch an instance, that are not done. */
  get batchesUnderWay(): number {
    return this.#host.underWay;
  }

  carryOut(effect: OwnerEffect): void {
    const { writer, tasks, launchOf } = this.#options;
    switch (effect.kind) {
      case 'patch':
        writer.patchTask(effect.patch);
        return;
      case 'decision':
        writer.addDecision(ownDecision(this.#options.clusterName, effect.decision), {
          withNextWrite: effect.withNextWrite === true,
        });
        return;
      case 'launch': {
        const launching = effect.taskIds.flatMap((taskId) => tasks().get(taskId) ?? []);
        this.#host.launch(effect.containerInstanceId, launching.map(launchOf));
        return;
      }
      case 'stop':
        this.#host.stop(effect.containerInstanceId, effect.taskIds);
        return;
      case 'forget':
        this.#host.forget(effect.containerInstanceId);
    }
  }
}
