/** An agent registers every attribute that an accepted definition can require, except those that depend on the host. */
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { attributesOf } from '../../../agent/attributes.ts';
import type { Definition } from '../../../api/ecs/rules/task-definition/definition.ts';
import { requiredAttributes } from '../../../api/ecs/operations/register-task-definition/requires-attributes.ts';
import { checkDefinition } from '../../../api/ecs/rules/task-definition/index.ts';
import { isEcsError } from '../../../model/errors.ts';
import { container, definition, of, ofMany } from '../api/ecs/task-definition/builders.ts';

const ROLE = 'arn:aws:iam::123456789012:role/r';
const ECR = '123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1';
const DRIVERS = ['json-file', 'syslog', 'journald', 'gelf', 'fluentd', 'splunk', 'none', 'awslogs', 'awsfirelens'];

/** Every rule of requires-attributes.ts at least once. */
const DEFINITIONS: readonly Definition[] = [
  definition({ networkMode: 'awsvpc' }),
  of({}, { taskRoleArn: ROLE }),
  of({}, { taskRoleArn: ROLE, networkMode: 'host' }),
  of({}, { cpu: '256', memory: '512' }),
  of({}, { pidMode: 'task' }),
  of({}, { ipcMode: 'task' }),
  definition({
    containerDefinitions: [container({ mountPoints: [{ sourceVolume: 'v', containerPath: '/v' }] })],
    volumes: [{ name: 'v', dockerVolumeConfiguration: { scope: 'task', driver: 'rexray' } }],
  }),
  ...DRIVERS.map((logDriver) =>
    of({
      logConfiguration: { logDriver: logDriver as NonNullable<ContainerDefinition['logConfiguration']>['logDriver'] },
    }),
  ),
  of({ privileged: true }),
  of({ portMappings: [{ containerPortRange: '8000-8010' }] }),
  of(
    { logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': 'g', 'awslogs-region': 'us-east-1' } } },
    { executionRoleArn: ROLE },
  ),
  of({ healthCheck: { command: ['CMD', 'true'] } }),
  ofMany({}, { dependsOn: [{ containerName: 'a', condition: 'START' }] }),
  of({ restartPolicy: { enabled: true } }),
  of({ memoryReservation: 64 }),
  of({ ulimits: [{ name: 'nofile', softLimit: 1, hardLimit: 2 }] }),
  of({ dockerLabels: { a: 'b' } }),
  of({ linuxParameters: { initProcessEnabled: true } }),
  of({ image: ECR }, { executionRoleArn: ROLE }),
  ...[`arn:aws:secretsmanager:us-east-1:123456789012:secret:s-abcdef`, 'parameter'].flatMap((valueFrom) => [
    of({ secrets: [{ name: 'A', valueFrom }] }, { executionRoleArn: ROLE }),
    of(
      { logConfiguration: { logDriver: 'json-file', secretOptions: [{ name: 'tag', valueFrom }] } },
      { executionRoleArn: ROLE },
    ),
  ]),
  of({ repositoryCredentials: { credentialsParameter: 'registry' } }, { executionRoleArn: ROLE }),
  of({ environmentFiles: [{ type: 's3', value: 'arn:aws:s3:::bucket/web.env' }] }, { executionRoleArn: ROLE }),
  of({}, { runtimePlatform: { cpuArchitecture: 'ARM64' } }),
  of({}, { runtimePlatform: { cpuArchitecture: 'X86_64' } }),
];

const isAccepted = (each: Definition): boolean => {
  try {
    checkDefinition(each);
    return true;
  } catch (error) {
    if (isEcsError(error)) return false;
    throw error;
  }
};

const registered = new Set(
  attributesOf({
    engine: {
      cores: 4,
      memoryBytes: 2 ** 33,
      architecture: 'x86_64',
      apiVersion: '1.44',
      version: '25.0.0',
      logDrivers: ['json-file', 'local', 'syslog', 'journald', 'gelf', 'fluentd', 'splunk'],
      volumeDrivers: ['local'],
      securityOptions: [],
      runtimes: [],
      gpuIds: [],
    },
    availabilityZone: 'us-east-1a',
    fargate: false,
    hasTaskEndpoint: true,
    attributes: [],
  }).map(({ name }) => name),
);

/** A plugin exists or not; roles need an address that not every host has; the architecture is one of two values. */
const dependsOnHost = (name: string): boolean =>
  name.startsWith('ecs.capability.docker-plugin.') || name.includes('.task-iam-role');

describe('attributes that a definition requires', () => {
  it('are all covered by this test', () => {
    const seen = new Set(DEFINITIONS.flatMap((each) => requiredAttributes(each).map(({ name }) => name ?? '')));
    const source = new URL(
      '../../../api/ecs/operations/register-task-definition/requires-attributes.ts',
      import.meta.url,
    );
    const written = [...readFileSync(source, 'utf8').matchAll(/\$\{(?:AGENT|CAPABILITY)\}([a-z-]+)/g)];
    const unseen = written.filter(([, name = '']) => ![...seen].some((each) => each.includes(name)));
    expect(unseen).toEqual([]);
  });

  it.each(DEFINITIONS.filter(isAccepted).map((each) => [JSON.stringify(each), each] as const))('of %s', (_, each) => {
    const missing = requiredAttributes(each).filter(({ name = '' }) => !registered.has(name) && !dependsOnHost(name));
    expect(missing).toEqual([]);
  });
});
