/** How a patch changes a task's state: late ones not at all, a status only upwards, containers by name. */
import { statusRank } from '../model/status.ts';
import type { ContainerReport, TaskContainer, TaskPatch } from '../model/task.ts';
import type { TaskState } from './task-rows.ts';

/** The state after the patch; the very same object when the patch comes too late to change it: nothing follows STOPPED. */
export function applyPatch(state: TaskState, patch: TaskPatch): TaskState {
  if (patch.version <= state.version || state.lastStatus === 'STOPPED') return state;
  const { containers, lastStatus = state.lastStatus, desiredStatus = state.desiredStatus, ...rest } = patch.changes;
  const status = statusRank(lastStatus) > statusRank(state.lastStatus) ? lastStatus : state.lastStatus;
  const isToStop = status === 'STOPPED' || state.desiredStatus === 'STOPPED';
  return {
    ...state,
    ...rest,
    lastStatus: status,
    desiredStatus: isToStop ? 'STOPPED' : desiredStatus,
    containers: containers ? mergeContainers(state.containers, containers) : state.containers,
    version: patch.version,
  };
}

function mergeContainers(
  containers: readonly TaskContainer[],
  reports: readonly ContainerReport[],
): readonly TaskContainer[] {
  const byName = new Map(reports.map((report) => [report.name, report]));
  return containers.map((container) => ({ ...container, ...byName.get(container.name) }));
}
