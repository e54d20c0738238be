/** The forms of what agents say. Members that are not known here are left out: a newer agent may have more to say. */
import { z } from 'zod';
import type { InstanceRegistration } from '../../../model/container-instance.ts';
import { STOP_CODES } from '../../../model/status.ts';
import type { ContainerReport, TaskReport } from '../../../model/task.ts';

const id = z.string().regex(/^[0-9a-f]{32}$/, 'must be 32 hexadecimal digits');
const name = z.string().min(1).max(512);
const text = z.string().max(4_096);
const time = z.number().int().nonnegative();
const health = z.enum(['HEALTHY', 'UNHEALTHY', 'UNKNOWN']);
const port = z.number().int().min(0).max(65_535);
const few = <T extends z.ZodType>(item: T) => z.array(item).max(1_000);

const container: z.ZodType<ContainerReport> = z.object({
  name,
  lastStatus: z.enum(['PENDING', 'RUNNING', 'STOPPED']),
  healthStatus: health.exactOptional(),
  exitCode: z.number().int().exactOptional(),
  reason: text.exactOptional(),
  runtimeId: name.exactOptional(),
  imageDigest: name.exactOptional(),
  networkBindings: few(
    z.object({ bindIP: name, containerPort: port, hostPort: port, protocol: z.enum(['tcp', 'udp']) }),
  ).exactOptional(),
  networkInterfaces: few(z.object({ privateIpv4Address: name, ipv6Address: name.exactOptional() })).exactOptional(),
});

export const taskReport: z.ZodType<TaskReport> = z.object({
  taskId: id,
  reportedAt: time.exactOptional(),
  containerInstanceId: id,
  lastStatus: z.enum(['PENDING', 'RUNNING', 'DEPROVISIONING', 'STOPPED']),
  healthStatus: health.exactOptional(),
  containers: few(container),
  attachments: few(
    z.object({ type: name, status: name, details: few(z.object({ name, value: text.exactOptional() })) }),
  ).exactOptional(),
  pullStartedAt: time.exactOptional(),
  pullStoppedAt: time.exactOptional(),
  startedAt: time.exactOptional(),
  executionStoppedAt: time.exactOptional(),
  stoppedAt: time.exactOptional(),
  stopCode: z.enum(STOP_CODES).exactOptional(),
  stoppedReason: text.exactOptional(),
});

export const registration: z.ZodType<InstanceRegistration> = z.object({
  containerInstanceId: id,
  clusterName: name,
  resources: z.object({
    cpu: z.number().int().nonnegative(),
    memoryMiB: z.number().int().nonnegative(),
    reservedPorts: few(name),
    gpuIds: few(name),
  }),
  attributes: few(z.object({ name, value: text.exactOptional() })),
  agentVersion: name,
  agentHash: name,
  dockerVersion: name,
  tags: few(z.object({ key: name.exactOptional(), value: text.exactOptional() })),
  sessionId: name,
});
