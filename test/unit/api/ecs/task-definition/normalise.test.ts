/** Normalised definitions, and the attributes that they require. */
import { describe, expect, it } from 'vitest';
import { normaliseDefinition } from '../../../../../api/ecs/operations/register-task-definition/normalise.ts';
import { requiredAttributes } from '../../../../../api/ecs/operations/register-task-definition/requires-attributes.ts';
import type { Definition } from '../../../../../api/ecs/rules/task-definition/definition.ts';
import { definition, fargate, of } from './builders.ts';

const container = (asked: Definition) => normaliseDefinition(asked).containerDefinitions?.[0];

describe('normaliseDefinition', () => {
  it('fills in a container’s defaults', () => {
    expect(container(definition())).toEqual({
      name: 'web',
      image: 'nginx:1.27',
      memory: 128,
      cpu: 0,
      essential: true,
      environment: [],
      mountPoints: [],
      volumesFrom: [],
      systemControls: [],
      portMappings: [],
    });
  });

  it('shows a log configuration with its secret options, though there are none', () => {
    const logConfiguration = { logDriver: 'json-file' as const };
    expect(container(of({ logConfiguration }))?.logConfiguration).toEqual({ ...logConfiguration, secretOptions: [] });
    expect(container(of({}))).not.toHaveProperty('logConfiguration');
  });

  it('keeps given values, in their order', () => {
    const environment = [
      { name: 'B', value: '2' },
      { name: 'A', value: '1' },
    ];
    expect(container(of({ essential: true, cpu: 7, environment }))).toMatchObject({ cpu: 7, environment });
  });

  it.each([
    ['bridge', undefined, { containerPort: 80 }, { containerPort: 80, hostPort: 0, protocol: 'tcp' }],
    [
      'bridge',
      undefined,
      { containerPort: 80, hostPort: 8080 },
      { containerPort: 80, hostPort: 8080, protocol: 'tcp' },
    ],
    ['awsvpc', 'awsvpc', { containerPort: 80 }, { containerPort: 80, hostPort: 80, protocol: 'tcp' }],
    ['host', 'host', { containerPort: 53, protocol: 'udp' }, { containerPort: 53, hostPort: 53, protocol: 'udp' }],
  ] as const)('%s ports', (_mode, networkMode, mapping, expected) => {
    expect(container(of({ portMappings: [mapping] }, networkMode ? { networkMode } : {}))?.portMappings).toEqual([
      expected,
    ]);
  });

  it('writes sizes as plain integers', () => {
    expect(normaliseDefinition(definition({ cpu: '1 vCPU', memory: '0.5 GB' }))).toMatchObject({
      cpu: '1024',
      memory: '512',
    });
  });

  it('fills in a health check’s defaults', () => {
    expect(container(of({ healthCheck: { command: ['CMD', 'true'], retries: 5 } }))?.healthCheck).toEqual({
      command: ['CMD', 'true'],
      interval: 30,
      timeout: 5,
      retries: 5,
    });
  });

  it('keeps tags out of the definition, and adds the lists that clients read', () => {
    const normalised = normaliseDefinition(definition({ tags: [{ key: 'a', value: 'b' }] }));
    expect(normalised).not.toHaveProperty('tags');
    expect(normalised).toMatchObject({ volumes: [], placementConstraints: [] });
  });

  it('makes a volume of no other kind a host volume', () => {
    const volumes = [
      { name: 'plain' },
      { name: 'path', host: { sourcePath: '/a' } },
      { name: 'docker', dockerVolumeConfiguration: {} },
    ];
    expect(normaliseDefinition(definition({ volumes })).volumes).toEqual([
      { name: 'plain', host: {} },
      volumes[1],
      volumes[2],
    ]);
  });

  it('changes nothing the second time', () => {
    const once = normaliseDefinition(fargate({ portMappings: [{ containerPort: 80 }] }, { volumes: [{ name: 'a' }] }));
    expect(normaliseDefinition(once)).toEqual(once);
  });
});

describe('requiredAttributes', () => {
  it('of a platform are its architecture, as instances name it', () => {
    expect(requiredAttributes(definition({ runtimePlatform: { cpuArchitecture: 'ARM64' } }))).toEqual([
      { name: 'ecs.cpu-architecture', value: 'arm64' },
    ]);
  });

  const AGENT = 'com.amazonaws.ecs.capability.';
  it.each([
    ['nothing', definition(), []],
    ['awsvpc and sizes', fargate(), ['ecs.capability.task-cpu-mem-limit', 'ecs.capability.task-eni']],
    ['privileged', of({ privileged: true }), [`${AGENT}privileged-container`]],
    [
      'a log driver',
      of({ logConfiguration: { logDriver: 'syslog' } }),
      [`${AGENT}docker-remote-api.1.18`, `${AGENT}logging-driver.syslog`],
    ],
    [
      'a health check',
      of({ healthCheck: { command: ['CMD', 'a'] } }),
      [`${AGENT}docker-remote-api.1.24`, 'ecs.capability.container-health-check'],
    ],
    [
      'a volume driver',
      definition({ volumes: [{ name: 'a', dockerVolumeConfiguration: { driver: 'rexray' } }] }),
      ['ecs.capability.docker-plugin.rexray'],
    ],
    [
      'an ECR image with a role',
      of({ image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/a:1' }, { executionRoleArn: 'r' }),
      [`${AGENT}ecr-auth`, 'ecs.capability.execution-role-ecr-pull'],
    ],
  ])('of %s', (_what, asked, names) => {
    expect(requiredAttributes(asked).map(({ name }) => name)).toEqual(names);
  });
});
