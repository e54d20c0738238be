/** Makes a task's report to its owner: always of the whole task, so that the latest report is enough. Pure. */
import type { HealthStatus, StopCode } from '../../../model/status.ts';
import type { AttachmentReport, InterfaceReport, TaskReport } from '../../../model/task.ts';
import type { EpochMs } from '../../../model/time.ts';
import { defined } from '../../../model/defined.ts';
import { taskHex } from '../../task-hex.ts';
import type { ContainerRecord } from './container-record.ts';
import { reportOf } from './container-record.ts';
import type { TaskPlan } from './plan.ts';

/** The task's own address, if it has one. */
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
  readonly isDeprovisioning: boolean;
  readonly stoppedAt: EpochMs | undefined;
  readonly stopCode: StopCode | undefined;
  readonly stoppedReason: string | undefined;
}

/** The report of a task as it is now. */
export function toTaskReport(facts: TaskFacts, containerInstanceId: string): TaskReport {
  const { plan, address } = facts;
  const networkInterfaces = address === undefined ? undefined : [interfaceOf(address)];
  const healthStatus = taskHealth(facts.containers);
  return {
    taskId: plan.taskId,
    containerInstanceId,
    lastStatus: statusOf(facts),
    containers: facts.containers.map((r) => ({
      ...reportOf(r),
      ...defined({ networkInterfaces }),
    })),
    ...defined({ healthStatus }),
    ...(address === undefined ? {} : { attachments: [attachmentOf(facts, address)] }),
    ...defined({
      pullStartedAt: facts.pullStartedAt,
      pullStoppedAt: facts.pullStoppedAt,
      startedAt: facts.startedAt,
      executionStoppedAt: facts.executionStoppedAt,
      stoppedAt: facts.stoppedAt,
      stopCode: facts.stopCode,
      stoppedReason: facts.stoppedReason,
    }),
  };
}

/**
 * Combines the health of essential containers with a check: UNHEALTHY if any is, else UNKNOWN if any is, else HEALTHY.
 * Undefined if none has a check, because then the health is not known.
 */
export function taskHealth(records: readonly ContainerRecord[]): HealthStatus | undefined {
  const checked = records.filter((r) => r.plan.essential && r.plan.hasHealthCheck).map((r) => r.health ?? 'UNKNOWN');
  if (checked.length === 0) return undefined;
  if (checked.includes('UNHEALTHY')) return 'UNHEALTHY';
  return checked.includes('UNKNOWN') ? 'UNKNOWN' : 'HEALTHY';
}

function statusOf({ stoppedAt, isDeprovisioning, startedAt }: TaskFacts): TaskReport['lastStatus'] {
  if (stoppedAt !== undefined) return 'STOPPED';
  if (isDeprovisioning) return 'DEPROVISIONING';
  return startedAt === undefined ? 'PENDING' : 'RUNNING';
}

/** Comes from the task's id, so that an agent that returns names the same. */
const networkInterfaceId = ({ taskId }: TaskPlan): string => `eni-${taskHex(taskId, '/eni').slice(32, 49)}`;

export const privateDnsName = ({ ipv4 }: TaskAddress): string => `ip-${ipv4.replaceAll('.', '-')}.ec2.internal`;

/** The network interface of an awsvpc task, once it has an address. */
export function attachmentOf(
  { plan, isDeprovisioning, stoppedAt }: Pick<TaskFacts, 'plan' | 'isDeprovisioning' | 'stoppedAt'>,
  address: TaskAddress,
): AttachmentReport {
  const details = [
    ...(plan.subnetId === undefined ? [] : [{ name: 'subnetId', value: plan.subnetId }]),
    { name: 'networkInterfaceId', value: networkInterfaceId(plan) },
    { name: 'macAddress', value: address.mac },
    { name: 'privateDnsName', value: privateDnsName(address) },
    { name: 'privateIPv4Address', value: address.ipv4 },
  ];
  const status = stoppedAt !== undefined ? 'DELETED' : isDeprovisioning ? 'DETACHING' : 'ATTACHED';
  return { type: 'ElasticNetworkInterface', status, details };
}

function interfaceOf(address: TaskAddress): InterfaceReport {
  return {
    privateIpv4Address: address.ipv4,
    ...defined({ ipv6Address: address.ipv6 }),
  };
}
