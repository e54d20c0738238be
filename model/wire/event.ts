/** A stored event as EventBridge delivers it. */
import { capacityProviderArn, clusterArn, containerInstanceArn, type Partition, serviceArn, taskArn } from '../arn.ts';
import { DETAIL_TYPES, EVENT_SOURCE, type EventEnvelope, type StoredEvent } from '../event.ts';
import { isDeploymentChange, SERVICE_ACTION_TYPES, type ServiceAction } from '../service-action.ts';
import { presentContainerInstance } from './container-instance.ts';
import { presentTask } from './task.ts';

/** The envelope, as plain JSON. */
export function presentEvent(event: StoredEvent, partition: Partition): EventEnvelope {
  const at = new Date(event.at).toISOString();
  return {
    version: '0',
    id: event.id,
    'detail-type': DETAIL_TYPES[event.kind],
    source: EVENT_SOURCE,
    account: partition.account,
    time: `${at.slice(0, -'.000Z'.length)}Z`,
    region: partition.region,
    resources: [resourceArn(event, partition)],
    detail: plain(detailOf(event, partition, at)),
  };
}

function resourceArn(event: StoredEvent, partition: Partition): string {
  switch (event.kind) {
    case 'task':
      return taskArn(partition, event.clusterName, event.task.taskId);
    case 'container-instance':
      return containerInstanceArn(partition, event.clusterName, event.instance.containerInstanceId);
    case 'service-action':
    case 'deployment':
      return serviceArn(partition, event.clusterName, event.serviceName);
  }
}

function detailOf(event: StoredEvent, partition: Partition, updatedAt: string): object {
  switch (event.kind) {
    case 'task':
      return { ...taskDetail(event, partition), updatedAt };
    case 'container-instance':
      return { ...instanceDetail(event, partition), updatedAt };
    case 'service-action':
    case 'deployment':
      return {
        ...actionDetail(event.action, event.clusterName, partition),
        clusterArn: clusterArn(partition, event.clusterName),
        [isDeploymentChange(event.action) ? 'updatedAt' : 'createdAt']: new Date(event.action.createdAt),
      };
  }
}

/** As DescribeTasks shows it, but for the tags, which events do not have, and the type of a network interface. */
function taskDetail(event: Extract<StoredEvent, { kind: 'task' }>, partition: Partition): object {
  const { cpuArchitecture } = event;
  const architecture = cpuArchitecture === undefined ? {} : { cpuArchitecture };
  const { tags: _tags, ...task } = presentTask(event.task, partition, { includeTags: false, ...architecture });
  const attachments = task.attachments?.map((attachment) =>
    attachment.type === 'ElasticNetworkInterface' ? { ...attachment, type: 'eni' } : attachment,
  );
  return { ...task, attachments };
}

/** As DescribeContainerInstances shows it; the numbers of tasks and the tags are not part of events. */
function instanceDetail(event: Extract<StoredEvent, { kind: 'container-instance' }>, partition: Partition): object {
  const {
    tags: _tags,
    runningTasksCount: _running,
    pendingTasksCount: _pending,
    ...instance
  } = presentContainerInstance(event.instance, partition, { includeTags: false });
  return { ...instance, clusterArn: clusterArn(partition, event.clusterName) };
}

function actionDetail(action: ServiceAction, clusterName: string, partition: Partition): object {
  const { eventName, deploymentId, reason, containerInstanceIds, capacityProviders } = action;
  return {
    eventType: SERVICE_ACTION_TYPES[eventName],
    eventName,
    deploymentId,
    reason,
    containerInstanceArns: containerInstanceIds?.map((id) => containerInstanceArn(partition, clusterName, id)),
    capacityProviderArns: capacityProviders?.map((name) => capacityProviderArn(partition, name)),
  };
}

/** Without undefined members, dates as ISO texts. */
const plain = (detail: object): Readonly<Record<string, unknown>> =>
  JSON.parse(JSON.stringify(detail)) as Readonly<Record<string, unknown>>;
