/** The forms of what agents say. Members that are not known here are left out: a newer agent may have more to say. */
import { z } from 'zod';
import type { InstanceRegistration } from '../../../model/container-instance.ts';
import { STOP_CODES } from '../../../model/status.ts';
import type { ContainerReport, TaskReport } from '../../../model/task.ts';

export const taskId = z.string().regex(/^[0-9a-f]{32}$/, 'must be 32 hexadecimal digits');
const id = taskId;
const name = z.string().min(1).max(512);
/** Cut and not refused: a registry may answer with a page, and the task's end must arrive all the same. */
const text = z.string().transform((given) => given.slice(0, 4_096));
/** Hosts pull later tasks of a deployment by the digest that the first one had. */
const digest = z.string().regex(/^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-f]{32,128}$/, 'must be the digest of an image');
const time = z.number().int().nonnegative();
const size = z.number().int().min(0).max(2_147_483_647);
const health = z.enum(['HEALTHY', 'UNHEALTHY', 'UNKNOWN']);
const port = z.number().int().min(0).max(65_535);
const portRange = z.string().regex(/^\d{1,5}-\d{1,5}$/);
/** The length is looked at before the items are: each bad one of millions would cost memory. */
export const listOf = <T extends z.ZodType>(item: T, most: number) =>
  z.array(z.unknown()).max(most).pipe(z.array(item));
const few = <T extends z.ZodType>(item: T) => listOf(item, 1_000);

const container: z.ZodType<ContainerReport> = z.object({
  name,
  lastStatus: z.enum(['PENDING', 'RUNNING', 'STOPPED']),
  healthStatus: health.exactOptional(),
  exitCode: z.number().int().exactOptional(),
  reason: text.exactOptional(),
  runtimeId: name.exactOptional(),
  imageDigest: digest.exactOptional(),
  networkBindings: few(
    z.object({
      bindIP: z.string().max(512),
      containerPort: port,
      hostPort: port,
      protocol: z.enum(['tcp', 'udp']),
      containerPortRange: portRange.exactOptional(),
      hostPortRange: portRange.exactOptional(),
    }),
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
    cpu: size,
    memoryMiB: size,
    reservedPorts: few(name),
    gpuIds: few(name),
  }),
  attributes: few(z.object({ name, value: text.exactOptional() })),
  agentVersion: name,
  agentHash: name,
  dockerVersion: name,
  tags: few(z.object({ key: name.exactOptional(), value: text.exactOptional() })),
  sessionId: name,
  protocol: z.number().int().min(1).max(1_000_000).exactOptional(),
  failedUpdate: z.object({ build: z.object({ version: name, hash: name }), reason: text }).exactOptional(),
});
