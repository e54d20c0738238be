/**
 * How a patch changes a task's state: a late one not at all, a status only forwards, containers by name, attachments by
 * type.
 */
import type { Attachment } from '@aws-sdk/client-ecs';
import { statusRank } from '../../model/status.ts';
import type { AttachmentReport, ContainerReport, TaskContainer, TaskPatch } from '../../model/task.ts';
import { defined } from '../../model/defined.ts';
import type { TaskState } from '../rows/task-rows.ts';

/** The state after the patch. It is the same object if the patch comes too late: nothing follows STOPPED. */
export function applyPatch(state: TaskState, patch: TaskPatch): TaskState {
  if (patch.version <= state.version || state.lastStatus === 'STOPPED') return state;
  const { containers, attachments, lastStatus: told, desiredStatus = state.desiredStatus, ...rest } = patch.changes;
  const lastStatus = told !== undefined && statusRank(told) > statusRank(state.lastStatus) ? told : state.lastStatus;
  const isToStop = lastStatus === 'STOPPED' || state.desiredStatus === 'STOPPED';
  const patched = {
    ...state,
    ...rest,
    lastStatus,
    desiredStatus: isToStop ? 'STOPPED' : desiredStatus,
    containers: containers ? mergeContainers(state, containers) : state.containers,
    attachments: attachments ? mergeAttachments(state.attachments, attachments) : state.attachments,
    version: patch.version,
  } as const;
  return lastStatus === 'STOPPED' ? ended(patched) : patched;
}

/** No part of a STOPPED task runs on, whoever stopped it and whatever was last seen of its parts. */
const ended = (state: TaskState): TaskState => ({
  ...state,
  containers: state.containers.map((container) => ({ ...container, lastStatus: 'STOPPED' })),
  attachments: state.attachments.map((attachment) => ({ ...attachment, status: 'DELETED' })),
});

function mergeContainers(
  { containers, attachments }: TaskState,
  reports: readonly ContainerReport[],
): readonly TaskContainer[] {
  const byName = new Map(reports.map((report) => [report.name, report]));
  const [{ id: attachmentId = '' } = {}] = attachments;
  return containers.map((container) => {
    const { networkInterfaces, ...report }: Partial<ContainerReport> = byName.get(container.name) ?? {};
    const own = networkInterfaces?.map((told) => ({ ...told, attachmentId }));
    return { ...container, ...report, ...defined({ networkInterfaces: own }) };
  });
}

/** The attachment keeps the id that it got when the task was created. */
function mergeAttachments(attachments: readonly Attachment[], reports: readonly AttachmentReport[]): Attachment[] {
  const byType = new Map(reports.map((report) => [report.type, report]));
  return attachments.map((attachment) => {
    const report = byType.get(attachment.type ?? '');
    return report === undefined ? attachment : { ...attachment, status: report.status, details: [...report.details] };
  });
}
