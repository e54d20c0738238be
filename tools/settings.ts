/**
 * Every setting of Longshore, read once from the environment. docs/settings.md describes each. One error names all invalid
 * values, with a sentence for each. No other part of the program reads a setting from the environment.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { z } from 'zod';
import type { Partition } from '../model/arn.ts';
import { DEFAULT_PROVISIONING_TIMEOUT_MS } from '../model/capacity-provider.ts';
import type { Attribute } from '../model/container-instance.ts';
import { type AddressPolicy, isSubnet } from '../model/outgoing-address.ts';
import type { TemporalSettings } from '../model/temporal-settings.ts';
import type { TaskGuards } from '../model/task-guards.ts';
import { accessEnvironment, accessSettings, isLoopback, type AccessSettings } from './access-settings.ts';
import { agentDoorEnvironment, agentDoorSettings, type AgentDoorSettings } from './agent-door-settings.ts';
import { defaultTaskGuards, taskGuards } from './task-guards.ts';

/** A mistake that the user can correct. The message is shown as it is, without a stack trace. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
}

export interface Settings extends AccessSettings {
  readonly dataDir: string;
  /** Downloads and builds, shared by all data folders of the user. */
  readonly cacheDir: string;
  readonly port: number;
  readonly agentDoor: AgentDoorSettings;
  /** How long an agent's certificate is good. It is renewed at half that time. */
  readonly agentCertificateMs: number;
  /** So many times ECS's rates of API calls. 0: calls may come at any rate. */
  readonly apiRates: number;
  /** Where webhooks may go, and where issuers of web identities may be. */
  readonly webhookAddresses: AddressPolicy;
  /** The folder with the files of variables that task definitions name as S3 objects. Absent: none can be read. */
  readonly environmentFiles?: string;
  /** What tasks may do to their hosts. */
  readonly taskGuards: TaskGuards;
  readonly partition: Partition;
  readonly clusterName: string;
  readonly availabilityZone: string;
  /** The operator's own Postgres. Absent: the embedded Postgres. */
  readonly databaseUrl?: string;
  /** The operator's own Temporal. Absent: the embedded Temporal. */
  readonly temporal?: TemporalSettings;
  /** The operator's own Temporal UI, for `longshore temporal-ui`. */
  readonly temporalUi?: { readonly host: string; readonly port: number };
  readonly embeddedPorts: { readonly temporal: number; readonly temporalUi: number; readonly postgres: number };
  /** How the embedded Temporal writes to the disk: `full` survives a power cut too. See docs/durability.md. */
  readonly temporalSync: 'normal' | 'full';
  readonly dockerHost?: string;
  /** The agent offers its capacity to tasks of launch type FARGATE. */
  readonly fargate?: boolean;
  /** The engine's runtime under which FARGATE tasks run. */
  readonly fargateRuntime?: string;
  /** The capacity provider of the operator to whose group the agent's instance belongs. */
  readonly capacityProvider?: string;
  readonly attributes: readonly Attribute[];
  readonly instancePolicy: {
    readonly heartbeatTimeoutMs: number;
    readonly giveUpAfterMs: number;
    /** The service tasks of an instance without contact end before the instance is given up. */
    readonly fencing: boolean;
    readonly provisioningTimeoutMs: number;
  };
  readonly stoppedTaskRetentionMs: number;
  readonly eventRetentionMs: number;
  readonly decisionRetentionMs: number;
  /** 0: no calls are recorded. */
  readonly auditRetentionMs: number;
  readonly taskCleanupWaitMs: number;
  readonly keptContainers: { readonly perFamily: number; readonly inAll: number };
  /** Size of the ballast file that is freed on a full disk. Absent: one hundredth of the disk. */
  readonly diskReserveBytes?: number;
  readonly logLimits: { readonly maxBytes: number; readonly maxAgeMs: number; readonly keep: number };
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const DURATION = /^\d+(\.\d+)?(ms|s|m|h|d)?$/;

/** Reads `90`, `90s`, `3h` or `7d` into milliseconds. A bare number means seconds. Undefined for anything else. */
export const parseDuration = (text: string): number | undefined => (DURATION.test(text) ? toMs(text) : undefined);

/** With `off`, `0` is good, too. */
const duration = (least: string, most: string, { off = false } = {}) => {
  const text = z.string().regex(DURATION, 'must be a duration such as 90s, 3h or 7d').transform(toMs);
  return text.refine(
    (ms) => (off && ms === 0) || (ms >= toMs(least) && ms <= toMs(most)),
    `must be ${off ? '0 or ' : ''}between ${least} and ${most}`,
  );
};

function toMs(value: string): number {
  const [, amount = '', unit = 's'] = /^([\d.]+)([a-z]*)$/.exec(value) ?? [];
  return Number(amount) * (UNIT_MS[unit === '' ? 's' : unit] ?? 1000);
}

const SIZE_BYTES: Readonly<Record<string, number>> = { KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };

/** Reads `512KB`, `64MB` or `1GB` into bytes. A bare number means bytes. */
const size = (least: string, most: string) => {
  const text = z
    .string()
    .regex(/^\d+(KB|MB|GB)?$/, 'must be a size such as 512KB, 64MB or 1GB')
    .transform(toBytes);
  return text.refine(
    (bytes) => bytes >= toBytes(least) && bytes <= toBytes(most),
    `must be between ${least} and ${most}`,
  );
};

function toBytes(value: string): number {
  const [, amount = '', unit = ''] = /^(\d+)(\w*)$/.exec(value) ?? [];
  return Number(amount) * (SIZE_BYTES[unit] ?? 1);
}

const upTo = (most: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value <= most, `must be between 0 and ${most}`);

const port = z
  .string()
  .regex(/^\d+$/, 'must be a port number')
  .transform(Number)
  .refine((value) => value >= 1 && value <= 65_535, 'must be between 1 and 65535');

const count = z
  .string()
  .regex(/^\d{1,6}$/, 'must be a whole number below a million')
  .transform(Number);

/** The word, or how many times ECS's rates. */
const API_RATES: Readonly<Record<string, number>> = { off: 0, ecs: 1 };
const apiRates = z
  .string()
  .regex(
    /^(off|ecs|\d{1,4}(\.\d{1,3})?)$/,
    'must be off, ecs, or a number such as 2 or 0.5: so many times the rates of ECS',
  )
  .refine((text) => Number(text) !== 0, 'must be off, or above 0')
  .transform((text) => API_RATES[text] ?? Number(text));

/** Where the operator has said nothing. Alone on a machine, nobody is in anybody's way. */
const defaultApiRates = (host: string): number => (isLoopback(host) ? 0 : 1);

/** In half of it a task is told to stop, less the margin that the guard of the fence needs. */
const LEAST_FENCED_LOST_AFTER_MS = 10_000;

/** Milliseconds. An operator who gives instances up sooner wants their silence noticed sooner, too. */
const defaultHeartbeatTimeout = (lostAfterMs: number): number => Math.min(Math.max(lostAfterMs / 2, 5_000), 15_000);

const subnets = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .refine((parts) => parts.every(isSubnet), 'must be a list of addresses and subnets such as 127.0.0.1,10.1.0.0/16');

const hostAndPort = z.string().regex(/^(\[[0-9a-f:]+\]|[^\s/:]+):\d+$/i, 'must be host:port');
const absolutePath = z.string().transform((value) => path.resolve(value.replace(/^~(?=\/|$)/, homeFolder)));
const flag = z
  .enum(['true', 'false', '1', '0'], { error: 'must be true or false' })
  .transform((value) => value === 'true' || value === '1');
const pemFile = z.string().transform((file, context) => {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    context.addIssue({ code: 'custom', message: 'must name a file that can be read' });
    return z.NEVER;
  }
});
const postgresUrl = z
  .string()
  .regex(/^postgres(ql)?:\/\//, 'must be a URL such as postgresql://user:password@host:5432/database');
const dockerHost = z.string().regex(/^(unix:\/\/\/|tcp:\/\/[^/\s]+:\d+)/, 'must be unix:///path or tcp://host:port');
const attributes = z.string().transform((text, context): Attribute[] =>
  text.split(',').map((pair) => {
    const [name = '', value] = pair.split(/=(.*)/s).map((part) => part.trim());
    if (!/^[\w./\\-]{1,128}$/.test(name)) {
      context.addIssue({ code: 'custom', message: 'must be a list such as rack=a,disk=ssd' });
    }
    return value === undefined ? { name } : { name, value };
  }),
);

/** The user's home folder. An empty HOME counts as not set, like any other empty variable; then the system's user database has it. */
function homeFolder(): string {
  let home: string | undefined;
  try {
    home = os.homedir() || os.userInfo().homedir;
  } catch {
    // The user is not in the system's user database.
  }
  if (home !== undefined && path.isAbsolute(home)) return home;
  throw new SetupError(
    'The home folder is unknown. Set HOME to an absolute path, or both LONGSHORE_DATA and XDG_CACHE_HOME.',
  );
}

const environment = z.object({
  LONGSHORE_DATA: absolutePath.default(() => path.join(homeFolder(), '.longshore')),
  XDG_CACHE_HOME: absolutePath.default(() => path.join(homeFolder(), '.cache')),
  ...accessEnvironment,
  LONGSHORE_PORT: port.default(7878),
  ...agentDoorEnvironment(port),
  LONGSHORE_AGENT_CERTIFICATE_LIFETIME: duration('1h', '365d').default(30 * 86_400_000),
  LONGSHORE_API_RATES: apiRates.optional(),
  LONGSHORE_WEBHOOK_ALLOW: subnets.default([]),
  LONGSHORE_ENVIRONMENT_FILES: absolutePath.optional(),
  LONGSHORE_TASK_GUARDS: taskGuards.optional(),
  LONGSHORE_TEMPORAL_PORT: port.default(7879),
  LONGSHORE_TEMPORAL_UI_PORT: port.default(7880),
  LONGSHORE_POSTGRES_PORT: port.default(7881),
  LONGSHORE_TEMPORAL_SYNC: z.enum(['normal', 'full'], { error: 'must be normal or full' }).default('normal'),
  LONGSHORE_ACCOUNT: z
    .string()
    .regex(/^\d{12}$/, 'must be an AWS account id: 12 digits')
    .default('123456789012'),
  LONGSHORE_REGION: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d+$/, 'must be a region such as us-east-1')
    .default('us-east-1'),
  LONGSHORE_CLUSTER: z
    .string()
    .regex(/^[a-zA-Z0-9_-]{1,255}$/, 'must be a cluster name: up to 255 letters, digits, hyphens and underscores')
    .default('default'),
  LONGSHORE_ZONE: z
    .string()
    .regex(/^[\w.-]{1,128}$/, 'must be a zone such as us-east-1a')
    .optional(),
  LONGSHORE_FARGATE: flag.optional(),
  LONGSHORE_FARGATE_RUNTIME: z
    .string()
    .regex(/^[\w.-]{1,128}$/, 'must be the name of a runtime of the engine, such as runsc')
    .optional(),
  LONGSHORE_CAPACITY_PROVIDER: z
    .string()
    .regex(
      /^[\w-]{1,255}$/,
      'must be the name of a capacity provider: up to 255 letters, digits, hyphens and underscores',
    )
    .optional(),
  LONGSHORE_INSTANCE_ATTRIBUTES: attributes.default([]),
  LONGSHORE_HEARTBEAT_TIMEOUT: duration('5s', '1h').optional(),
  LONGSHORE_INSTANCE_LOST_AFTER: duration('1s', '30d').default(60_000),
  LONGSHORE_FENCING: z.enum(['on', 'off'], { error: 'must be on or off' }).default('off'),
  LONGSHORE_PROVISIONING_TIMEOUT: duration('1s', '30d').default(DEFAULT_PROVISIONING_TIMEOUT_MS),
  LONGSHORE_STOPPED_TASK_RETENTION: duration('1h', '365d').default(7 * 86_400_000),
  LONGSHORE_EVENT_RETENTION: duration('1h', '365d').default(7 * 86_400_000),
  LONGSHORE_DECISION_RETENTION: duration('1h', '3650d').default(30 * 86_400_000),
  LONGSHORE_AUDIT_RETENTION: duration('1h', '3650d', { off: true }).default(90 * 86_400_000),
  LONGSHORE_TASK_CLEANUP_WAIT: duration('1s', '365d').default(3 * 3_600_000),
  LONGSHORE_KEPT_CONTAINERS_PER_FAMILY: count.default(10),
  LONGSHORE_KEPT_CONTAINERS: count.default(100),
  LONGSHORE_DISK_RESERVE: size('0', '64GB').optional(),
  LONGSHORE_LOG_MAX_SIZE: size('64KB', '16GB').default(32 * 1024 ** 2),
  LONGSHORE_LOG_MAX_AGE: duration('1m', '365d').default(7 * 86_400_000),
  LONGSHORE_LOG_KEEP: upTo(100).default(3),
  LONGSHORE_LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal'], {
      error: 'must be one of trace, debug, info, warn, error, fatal',
    })
    .default('info'),
  DATABASE_URL: postgresUrl.optional(),
  DOCKER_HOST: dockerHost.optional(),
  TEMPORAL_ADDRESS: hostAndPort.optional(),
  TEMPORAL_UI_ADDRESS: hostAndPort.optional(),
  TEMPORAL_NAMESPACE: z.string().default('default'),
  TEMPORAL_API_KEY: z.string().optional(),
  TEMPORAL_TLS: flag.optional(),
  TEMPORAL_TLS_CLIENT_CERT_PATH: pemFile.optional(),
  TEMPORAL_TLS_CLIENT_KEY_PATH: pemFile.optional(),
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: pemFile.optional(),
  TEMPORAL_TLS_SERVER_NAME: z.string().optional(),
});

type Environment = z.infer<typeof environment>;

/** Reads all settings. An empty variable counts as not set. Throws one SetupError that names every invalid value. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => {
      const name = String(issue.path[0]);
      // A connection string contains a password, and an API key is a secret: the message does not repeat them.
      const shown = /^(DATABASE_URL|TEMPORAL_API_KEY|LONGSHORE_MASTER_KEY(?:_PREVIOUS)?)$/.test(name)
        ? ''
        : ` (it is "${String(given[name])}")`;
      return `  ${name} ${issue.message}${shown}.`;
    });
    throw new SetupError(`Invalid settings:\n${lines.join('\n')}`);
  }
  return toSettings(parsed.data);
}

function toSettings(env: Environment): Settings {
  const temporal = toTemporalSettings(env);
  const access = accessSettings(env);
  if (typeof access === 'string') throw new SetupError(access);
  if (env.LONGSHORE_FENCING === 'on' && env.LONGSHORE_INSTANCE_LOST_AFTER < LEAST_FENCED_LOST_AFTER_MS)
    throw new SetupError(
      'LONGSHORE_FENCING=on needs LONGSHORE_INSTANCE_LOST_AFTER of at least 10s: in less, tasks cannot be stopped before their instance is given up.',
    );
  return {
    ...access,
    dataDir: env.LONGSHORE_DATA,
    cacheDir: path.join(env.XDG_CACHE_HOME, 'longshore'),
    port: env.LONGSHORE_PORT,
    agentDoor: agentDoorSettings(env, env.LONGSHORE_HOST),
    agentCertificateMs: env.LONGSHORE_AGENT_CERTIFICATE_LIFETIME,
    apiRates: env.LONGSHORE_API_RATES ?? defaultApiRates(env.LONGSHORE_HOST),
    webhookAddresses: { loopback: isLoopback(env.LONGSHORE_HOST), allowed: env.LONGSHORE_WEBHOOK_ALLOW },
    ...(env.LONGSHORE_ENVIRONMENT_FILES === undefined ? {} : { environmentFiles: env.LONGSHORE_ENVIRONMENT_FILES }),
    taskGuards: env.LONGSHORE_TASK_GUARDS ?? defaultTaskGuards(isLoopback(env.LONGSHORE_HOST)),
    partition: { account: env.LONGSHORE_ACCOUNT, region: env.LONGSHORE_REGION },
    clusterName: env.LONGSHORE_CLUSTER,
    availabilityZone: env.LONGSHORE_ZONE ?? `${env.LONGSHORE_REGION}a`,
    ...(env.DATABASE_URL === undefined ? {} : { databaseUrl: env.DATABASE_URL }),
    ...(temporal === undefined ? {} : { temporal }),
    ...(env.TEMPORAL_UI_ADDRESS === undefined ? {} : { temporalUi: toHostAndPort(env.TEMPORAL_UI_ADDRESS) }),
    embeddedPorts: {
      temporal: env.LONGSHORE_TEMPORAL_PORT,
      temporalUi: env.LONGSHORE_TEMPORAL_UI_PORT,
      postgres: env.LONGSHORE_POSTGRES_PORT,
    },
    temporalSync: env.LONGSHORE_TEMPORAL_SYNC,
    ...(env.DOCKER_HOST === undefined ? {} : { dockerHost: env.DOCKER_HOST }),
    ...(env.LONGSHORE_FARGATE === undefined ? {} : { fargate: env.LONGSHORE_FARGATE }),
    ...(env.LONGSHORE_FARGATE_RUNTIME === undefined ? {} : { fargateRuntime: env.LONGSHORE_FARGATE_RUNTIME }),
    ...(env.LONGSHORE_CAPACITY_PROVIDER === undefined ? {} : { capacityProvider: env.LONGSHORE_CAPACITY_PROVIDER }),
    attributes: env.LONGSHORE_INSTANCE_ATTRIBUTES,
    instancePolicy: {
      heartbeatTimeoutMs: env.LONGSHORE_HEARTBEAT_TIMEOUT ?? defaultHeartbeatTimeout(env.LONGSHORE_INSTANCE_LOST_AFTER),
      giveUpAfterMs: env.LONGSHORE_INSTANCE_LOST_AFTER,
      fencing: env.LONGSHORE_FENCING === 'on',
      provisioningTimeoutMs: env.LONGSHORE_PROVISIONING_TIMEOUT,
    },
    stoppedTaskRetentionMs: env.LONGSHORE_STOPPED_TASK_RETENTION,
    eventRetentionMs: env.LONGSHORE_EVENT_RETENTION,
    decisionRetentionMs: env.LONGSHORE_DECISION_RETENTION,
    auditRetentionMs: env.LONGSHORE_AUDIT_RETENTION,
    taskCleanupWaitMs: env.LONGSHORE_TASK_CLEANUP_WAIT,
    keptContainers: {
      perFamily: env.LONGSHORE_KEPT_CONTAINERS_PER_FAMILY,
      inAll: env.LONGSHORE_KEPT_CONTAINERS,
    },
    ...(env.LONGSHORE_DISK_RESERVE === undefined ? {} : { diskReserveBytes: env.LONGSHORE_DISK_RESERVE }),
    logLimits: {
      maxBytes: env.LONGSHORE_LOG_MAX_SIZE,
      maxAgeMs: env.LONGSHORE_LOG_MAX_AGE,
      keep: env.LONGSHORE_LOG_KEEP,
    },
    logLevel: env.LONGSHORE_LOG_LEVEL,
  };
}

function toHostAndPort(address: string): { readonly host: string; readonly port: number } {
  const [, host = '', port] = /^(.*):(\d+)$/.exec(address) ?? [];
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
}

function toTemporalSettings(env: Environment): TemporalSettings | undefined {
  if (env.TEMPORAL_ADDRESS === undefined) return undefined;
  const certificatePem = env.TEMPORAL_TLS_CLIENT_CERT_PATH;
  const keyPem = env.TEMPORAL_TLS_CLIENT_KEY_PATH;
  if ((certificatePem === undefined) !== (keyPem === undefined)) {
    throw new SetupError('Set TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH together, or neither.');
  }
  const serverCaPem = env.TEMPORAL_TLS_SERVER_CA_CERT_PATH;
  const serverName = env.TEMPORAL_TLS_SERVER_NAME;
  const tls = {
    ...(certificatePem === undefined || keyPem === undefined ? {} : { clientCertificate: { certificatePem, keyPem } }),
    ...(serverCaPem === undefined ? {} : { serverCaPem }),
    ...(serverName === undefined ? {} : { serverName }),
  };
  const secure = env.TEMPORAL_TLS ?? Object.keys(tls).length > 0;
  return {
    address: env.TEMPORAL_ADDRESS,
    namespace: env.TEMPORAL_NAMESPACE,
    ...(secure ? { tls } : {}),
    ...(env.TEMPORAL_API_KEY === undefined ? {} : { apiKey: env.TEMPORAL_API_KEY }),
  };
}
