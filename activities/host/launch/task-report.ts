/** What the owner is told of a task: always the whole of it, so that the latest report is enough. Pure. */
import { createHash } from 'node:crypto';
import type { Attachment } from '@aws-sdk/client-ecs';
import type { HealthStatus, StopCode } from '../../../model/status.ts';
import type { NetworkInterface, TaskReport } from '../../../model/task.ts';
import type { EpochMs } from '../../../model/time.ts';
import type { ContainerRecord } from './container-record.ts';
import { reportOf } from './container-record.ts';
import type { TaskPlan } from './plan.ts';

/** The task's own address, when it has one. */
export interface TaskAddress {
  readonly ipv4: string;
  readonly mac: string;
  readonly ipv6?: string;
}

export interface TaskFacts {
  readonly plan: TaskPlan;
  readonly containers: readonly ContainerRecord[];
  readonly address: TaskAddress | undefined;
  readonly pullStartedAt: EpochMs | undefined;
  readonly pullStoppedAt: EpochMs | undefined;
  readonly startedAt: EpochMs | undefined;
  readonly executionStoppedAt: EpochMs | undefined;
  readonly stoppedAt: EpochMs | undefined;
  readonly stopCode: StopCode | undefined;
  readonly stoppedReason: string | undefined;
}

/** The report of a task as it is now. */
export function toTaskReport(facts: TaskFacts, containerInstanceId: string): TaskReport {
  const { plan, address } = facts;
  const networkInterfaces = address === undefined ? undefined : [interfaceOf(plan, address)];
  const healthStatus = taskHealth(facts.containers);
  return {
    taskId: plan.taskId,
    containerInstanceId,
    lastStatus: facts.stoppedAt !== undefined ? 'STOPPED' : facts.startedAt !== undefined ? 'RUNNING' : 'PENDING',
    containers: facts.containers.map((r) => ({
      ...reportOf(r),
      ...(networkInterfaces === undefined ? {} : { networkInterfaces }),
    })),
    ...(healthStatus === undefined ? {} : { healthStatus }),
    ...(address === undefined ? {} : { attachments: [attachmentOf(plan, address)] }),
    ...present('pullStartedAt', facts.pullStartedAt),
    ...present('pullStoppedAt', facts.pullStoppedAt),
    ...present('startedAt', facts.startedAt),
    ...present('executionStoppedAt', facts.executionStoppedAt),
    ...present('stoppedAt', facts.stoppedAt),
    ...present('stopCode', facts.stopCode),
    ...present('stoppedReason', facts.stoppedReason),
  };
}

/**
 * Over essential containers that have a check: any UNHEALTHY, else any UNKNOWN, else HEALTHY. Undefined when none has a
 * check: nothing is known of such a task's health.
 */
export function taskHealth(records: readonly ContainerRecord[]): HealthStatus | undefined {
  const checked = records.filter((r) => r.plan.essential && r.plan.hasHealthCheck).map((r) => r.health ?? 'UNKNOWN');
  if (checked.length === 0) return undefined;
  if (checked.includes('UNHEALTHY')) return 'UNHEALTHY';
  return checked.includes('UNKNOWN') ? 'UNKNOWN' : 'HEALTHY';
}

/** Ids of the attachment come from the task's, so that an agent that returns names the same. */
function idsOf(plan: TaskPlan): { attachmentId: string; networkInterfaceId: string } {
  const hex = createHash('sha256').update(`${plan.taskId}/eni`).digest('hex');
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return { attachmentId: parts.join('-'), networkInterfaceId: `eni-${hex.slice(32, 49)}` };
}

function attachmentOf(plan: TaskPlan, address: TaskAddress): Attachment {
  const { attachmentId, networkInterfaceId } = idsOf(plan);
  const details = [
    ...(plan.subnetId === undefined ? [] : [{ name: 'subnetId', value: plan.subnetId }]),
    { name: 'networkInterfaceId', value: networkInterfaceId },
    { name: 'macAddress', value: address.mac },
    { name: 'privateDnsName', value: `ip-${address.ipv4.replaceAll('.', '-')}.ec2.internal` },
    { name: 'privateIPv4Address', value: address.ipv4 },
  ];
  return { id: attachmentId, type: 'ElasticNetworkInterface', status: 'ATTACHED', details };
}

function interfaceOf(plan: TaskPlan, address: TaskAddress): NetworkInterface {
  return {
    attachmentId: idsOf(plan).attachmentId,
    privateIpv4Address: address.ipv4,
    ...(address.ipv6 === undefined ? {} : { ipv6Address: address.ipv6 }),
  };
}

function present<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, V>);
}
