/** Every rule of RegisterTaskDefinition: a definition that breaks it and the message that the caller reads. */
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { checkDefinition } from '../../../../../api/ecs/rules/task-definition/index.ts';
import type { Definition } from '../../../../../api/ecs/rules/task-definition/definition.ts';
import { EcsError } from '../../../../../model/errors.ts';
import { container, definition, fargate, of, ofMany } from './builders.ts';

type Table = readonly (readonly [breaks: string, definition: Definition, message: string | RegExp])[];

/** Checks that each definition is refused with ClientException and its message. */
function refuses(table: Table): void {
  it.each(table)('refuses %s', (_breaks, broken, message) => {
    let refusal: unknown;
    try {
      checkDefinition(broken);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(EcsError);
    expect((refusal as EcsError).code).toBe('ClientException');
    if (typeof message === 'string') expect((refusal as EcsError).message).toBe(message);
    else expect((refusal as EcsError).message).toMatch(message);
  });
}

function accepts(table: readonly (readonly [what: string, definition: Definition])[]): void {
  it.each(table)('accepts %s', (_what, sound) => expect(() => checkDefinition(sound)).not.toThrow());
}

const SHELL = ['CMD-SHELL', 'true'];

describe('containers', () => {
  accepts([
    ['one container', definition()],
    ['a digest', of({ image: `registry.example:5000/a/b@sha256:${'0'.repeat(64)}` })],
    ['one essential of two', ofMany({ essential: false }, {})],
    ['ten', definition({ containerDefinitions: Array.from({ length: 10 }, (_, i) => container({ name: `c${i}` })) })],
  ]);
  refuses([
    ['no family', definition({ family: '' }), 'Family should not be null or empty.'],
    ['an odd family', definition({ family: 'a b' }), /^Family 'a b' is invalid/],
    ['a long family', definition({ family: 'a'.repeat(256) }), /^Family .* is invalid/],
    ['no containers', definition({ containerDefinitions: [] }), 'Container list cannot be empty.'],
    [
      'eleven',
      definition({ containerDefinitions: Array.from({ length: 11 }, (_, i) => container({ name: `c${i}` })) }),
      /at most 10/,
    ],
    ['no name', of({ name: '' }), 'Container.name should not be null or empty.'],
    ['an odd name', of({ name: 'a/b' }), 'Container.name contains invalid characters'],
    ['no image', of({ image: '' }), 'Container.image should not be null or empty.'],
    ['an odd image', of({ image: 'a b' }), 'Container.image contains invalid characters'],
    ['a short digest', of({ image: 'a@sha256:00' }), 'Container.image contains invalid characters'],
    ['a long image', of({ image: 'a'.repeat(256) }), /at most 255/],
    ['a name twice', ofMany({ name: 'a' }, { name: 'a' }), /^Container names must be unique: 'a'/],
    ['nothing essential', of({ essential: false }), /must be essential/],
    ['more than 64 KiB', of({ command: ['x'.repeat(70_000)] }), /at most 65536 are allowed/],
  ]);
});

describe('GPUs', () => {
  const gpus = (...values: string[]): Partial<ContainerDefinition> => ({
    resourceRequirements: values.map((value) => ({ type: 'GPU', value })),
  });
  accepts([
    ['one', of(gpus('1'))],
    ['as many as any machine has', of(gpus('1024'))],
    ['two entries', of(gpus('1', '2'))],
    ['all', of(gpus('ALL'))],
  ]);
  refuses([
    ...['x', 'all', '0', '-1', '1.5', '', '1025', '01x'].map(
      (value) => [`GPU ${value}`, of(gpus(value)), /^Invalid GPU resource requirement of container 'web'/] as const,
    ),
    ['all beside one', ofMany(gpus('ALL'), gpus('1')), /must be the only GPU resource requirement/],
    ['all twice', of(gpus('ALL', 'ALL')), /must be the only GPU resource requirement/],
  ]);
});

describe('sizes', () => {
  accepts([
    ['a reservation only', of({ memory: undefined, memoryReservation: 64 })],
    ['task memory only', of({ memory: undefined }, { memory: '512' })],
    ['shares above the cpu of the task', of({ cpu: 257 }, { cpu: '256' })],
    ['sizes with units', of({}, { cpu: '.5 vCPU', memory: '0.5 GB' })],
    [
      'containers that fill the task',
      definition({ memory: '256', containerDefinitions: [container(), container({ name: 'b' })] }),
    ],
  ]);
  refuses([
    [
      'no memory at all',
      of({ memory: undefined }),
      "Invalid setting for container 'web'. At least one of 'memory' or 'memoryReservation' must be specified.",
    ],
    ['memory 0', of({ memory: 0 }), /At least one of 'memory'/],
    ['memory under 4', of({ memory: 3 }), /'memory' must be at least 4/],
    ['a negative cpu', of({ cpu: -1 }), /'cpu' must not be negative/],
    ['a reservation above memory', of({ memory: 64, memoryReservation: 65 }), /must not be greater than 'memory'/],
    ['more than the task', of({ memory: 513 }, { memory: '512' }), /greater than the memory of the task/],
    [
      'a sum above the task',
      definition({ memory: '200', containerDefinitions: [container(), container({ name: 'b' })] }),
      /together \(256 MiB\)/,
    ],
    ['task cpu under 128', of({}, { cpu: '127' }), /^Invalid 'cpu' setting for task\./],
    ['task cpu in words', of({}, { cpu: 'much' }), /^Invalid 'cpu' setting for task\./],
    ['task memory in words', of({}, { memory: '1TB' }), /^Invalid 'memory' setting for task\./],
  ]);
});

describe('dependencies', () => {
  const on = (containerName: string, condition: 'START' | 'COMPLETE' | 'SUCCESS' | 'HEALTHY') => ({
    dependsOn: [{ containerName, condition }],
  });
  accepts([
    ['a chain', ofMany({}, on('a', 'START'), on('b', 'START'))],
    ['success of what is not essential', ofMany({ essential: false }, on('a', 'SUCCESS'))],
    ['health of what is checked', ofMany({ healthCheck: { command: SHELL } }, on('a', 'HEALTHY'))],
    ['volumes of another', ofMany({}, { volumesFrom: [{ sourceContainer: 'a' }] })],
  ]);
  refuses([
    ['a stranger', ofMany({}, on('x', 'START')), /depends on container 'x', which is not/],
    ['itself', ofMany(on('a', 'START')), /can not depend on itself/],
    [
      'an essential COMPLETE',
      ofMany({}, on('a', 'COMPLETE')),
      'A dependency container with SUCCESS or COMPLETE condition cannot be an essential container',
    ],
    ['HEALTHY without a check', ofMany({}, on('a', 'HEALTHY')), /has no healthCheck/],
    ['a cycle', ofMany(on('c', 'START'), on('a', 'START'), on('b', 'START')), /form a cycle: a, b, c/],
    ['a cycle over volumes', ofMany({ volumesFrom: [{ sourceContainer: 'b' }] }, on('a', 'START')), /form a cycle/],
    ['volumes of a stranger', of({ volumesFrom: [{ sourceContainer: 'x' }] }), /takes volumes from 'x'/],
  ]);
});

describe('ports', () => {
  const port = (mapping: object, task: Partial<Definition> = {}): Definition => of({ portMappings: [mapping] }, task);
  accepts([
    ['a dynamic port', port({ containerPort: 80 })],
    ['hostPort 0', port({ containerPort: 80, hostPort: 0 })],
    ...(['bridge', 'host', 'awsvpc'] as const).map((networkMode): [string, Definition] => [
      `two protocols of one port in ${networkMode}`,
      of(
        {
          portMappings: [
            { containerPort: 53, hostPort: 53, protocol: 'tcp' },
            { containerPort: 53, hostPort: 53, protocol: 'udp' },
          ],
        },
        { networkMode },
      ),
    ]),
    ['another host port in bridge mode', port({ containerPort: 80, hostPort: 8080 })],
    ['the same in host mode', port({ containerPort: 80, hostPort: 80 }, { networkMode: 'host' })],
    [
      'two dynamic ports of one container port',
      ofMany({ portMappings: [{ containerPort: 80 }] }, { portMappings: [{ containerPort: 80 }] }),
    ],
  ]);
  refuses([
    ['no port', port({ hostPort: 80 }), /can not be empty/],
    ['port 0', port({ containerPort: 0 }), /between 1 and 65535/],
    ['port 65536', port({ containerPort: 80, hostPort: 65_536 }), /between 0 and 65535/],
    [
      'another host port in awsvpc',
      port({ containerPort: 80, hostPort: 81 }, { networkMode: 'awsvpc' }),
      'When networkMode=awsvpc, the host ports and container ports in port mappings must match.',
    ],
    [
      'another host port in host mode',
      port({ containerPort: 80, hostPort: 81 }, { networkMode: 'host' }),
      /networkMode=host/,
    ],
    ['any in none', port({ containerPort: 80 }, { networkMode: 'none' }), /networkMode=none/],
    [
      'a port and a range',
      port({ containerPort: 80, containerPortRange: '80-90' }),
      'cannot specify both single port and port range',
    ],
    ['a backward range', port({ containerPortRange: '90-80' }), /containerPortRange '90-80' is invalid/],
    ['an odd name', port({ containerPort: 80, name: '-web' }), /^Port name '-web' is invalid/],
    [
      'a name twice',
      of({
        portMappings: [
          { containerPort: 80, name: 'a' },
          { containerPort: 81, name: 'a' },
        ],
      }),
      /^Port names must be unique/,
    ],
    [
      'one host port twice',
      ofMany(
        { portMappings: [{ containerPort: 80, hostPort: 8080 }] },
        { portMappings: [{ containerPort: 81, hostPort: 8080 }] },
      ),
      'Port 8080/tcp is mapped twice in the task definition.',
    ],
    [
      'one port of an awsvpc task twice',
      {
        ...ofMany({ portMappings: [{ containerPort: 80 }] }, { portMappings: [{ containerPort: 80 }] }),
        networkMode: 'awsvpc',
      },
      /Port 80\/tcp is mapped twice/,
    ],
  ]);
});

describe('network modes', () => {
  accepts([
    ['links in bridge mode', ofMany({}, { links: ['a:alias'] })],
    ['host names in bridge mode', of({ hostname: 'h', extraHosts: [{ hostname: 'a', ipAddress: '1.1.1.1' }] })],
    ['empty lists in awsvpc', of({ links: [], extraHosts: [], dnsServers: [] }, { networkMode: 'awsvpc' })],
  ]);
  refuses([
    [
      'extra hosts',
      of({ extraHosts: [{ hostname: 'a', ipAddress: '1.1.1.1' }] }, { networkMode: 'awsvpc' }),
      'Extra hosts are not supported on container when networkMode=awsvpc',
    ],
    [
      'no networking',
      of({ disableNetworking: true }, { networkMode: 'awsvpc' }),
      'Disable Networking is not supported on container when networkMode=awsvpc',
    ],
    ['a hostname', of({ hostname: 'h' }, { networkMode: 'awsvpc' }), /^Hostname is not supported/],
    ['DNS servers', of({ dnsServers: ['1.1.1.1'] }, { networkMode: 'awsvpc' }), /^DNS servers are not supported/],
    ['links in host mode', { ...ofMany({}, { links: ['a'] }), networkMode: 'host' }, /^Links are not supported.*host$/],
    ['a link to a stranger', of({ links: ['x'] }), /links to 'x'/],
  ]);
});

describe('volumes', () => {
  const mount = { mountPoints: [{ sourceVolume: 'data', containerPath: '/data' }] };
  accepts([
    ['a host path', of(mount, { volumes: [{ name: 'data', host: { sourcePath: '/srv' } }] })],
    ['an empty host', of(mount, { volumes: [{ name: 'data', host: {} }] })],
    [
      'a shared Docker volume',
      of(mount, { volumes: [{ name: 'data', dockerVolumeConfiguration: { scope: 'shared', autoprovision: true } }] }),
    ],
  ]);
  refuses([
    ['an unknown volume', of(mount), /^Unknown volume 'data'/],
    [
      'a mount nowhere',
      of({ mountPoints: [{ sourceVolume: 'data' }] }, { volumes: [{ name: 'data' }] }),
      /has no containerPath/,
    ],
    [
      'two mounts at one place',
      of({ mountPoints: [...mount.mountPoints, ...mount.mountPoints] }, { volumes: [{ name: 'data' }] }),
      /mounts two volumes at '\/data'/,
    ],
    ['an odd name', of({}, { volumes: [{ name: 'a b' }] }), /^Volume name 'a b'/],
    ['a name twice', of({}, { volumes: [{ name: 'a' }, { name: 'a' }] }), /^Volume names must be unique/],
    [
      'two types',
      of({}, { volumes: [{ name: 'a', host: { sourcePath: '/a' }, dockerVolumeConfiguration: {} }] }),
      /more than one type/,
    ],
    ['a relative path', of({}, { volumes: [{ name: 'a', host: { sourcePath: 'a' } }] }), /absolute path/],
    [
      'autoprovision of a task volume',
      of({}, { volumes: [{ name: 'a', dockerVolumeConfiguration: { scope: 'task', autoprovision: true } }] }),
      /scope is shared/,
    ],
  ]);
});

describe('health checks and limits', () => {
  const check = (members: object): Definition => of({ healthCheck: { command: SHELL, ...members } });
  accepts([['a full check', check({ interval: 5, timeout: 60, retries: 10, startPeriod: 0 })]]);
  refuses([
    ['no kind', of({ healthCheck: { command: ['curl'] } }), /must begin with CMD or CMD-SHELL/],
    ['no command', of({ healthCheck: { command: ['CMD'] } }), /is empty after CMD/],
    ['interval 4', check({ interval: 4 }), /interval .* between 5 and 300, but is 4/],
    ['timeout 61', check({ timeout: 61 }), /timeout .* between 2 and 60/],
    ['retries 0', check({ retries: 0 }), /retries .* between 1 and 10/],
    ['startPeriod 301', check({ startPeriod: 301 }), /startPeriod .* between 0 and 300/],
    [
      'soft above hard',
      of({ ulimits: [{ name: 'nofile', softLimit: 2, hardLimit: 1 }] }),
      /softLimit of ulimit 'nofile'/,
    ],
    [
      'a ulimit twice',
      of({
        ulimits: [
          { name: 'nofile', softLimit: 1, hardLimit: 1 },
          { name: 'nofile', softLimit: 1, hardLimit: 1 },
        ],
      }),
      /appears twice/,
    ],
    [
      'a restart period of 59',
      of({ restartPolicy: { enabled: true, restartAttemptPeriod: 59 } }),
      /between 60 and 1800/,
    ],
    ['a negative stopTimeout', of({ stopTimeout: -1 }), /stopTimeout/],
    ['a nameless variable', of({ environment: [{ value: '1' }] }), /environment variable name '' /],
    [
      'a variable that holds its value in its name',
      of({ environment: [{ name: 'PASSWORD=c4n4ry', value: '' }] }),
      /environment variable name 'PASSWORD=…' of/,
    ],
    [
      'a host without an address',
      of({ extraHosts: [{ hostname: 'a', ipAddress: '' }] }),
      /needs a hostname and an ipAddress/,
    ],
    ['swappiness 101', of({ linuxParameters: { swappiness: 101 } }), /between 0 and 100/],
    [
      'maxSwap without a memory limit',
      of({ memory: undefined, memoryReservation: 64, linuxParameters: { maxSwap: 8 } }),
      /needs a memory limit/,
    ],
    ['a negative maxSwap', of({ linuxParameters: { maxSwap: -1 } }), /0 or greater/],
    [
      'a tmpfs without size',
      of({ linuxParameters: { tmpfs: [{ containerPath: '/t', size: 0 }] } }),
      'The container has an invalid tmpfs size value specified. It must be a non-zero, non-negative integer.',
    ],
  ]);
});

describe('logging and roles', () => {
  accepts([['json-file', of({ logConfiguration: { logDriver: 'json-file', options: { 'max-size': '1m' } } })]]);
  refuses([
    [
      'awslogs without a group',
      of({ logConfiguration: { logDriver: 'awslogs' } }),
      'Log driver awslogs requires options: awslogs-region, awslogs-group',
    ],
    [
      'awsfirelens without a router',
      of({ logConfiguration: { logDriver: 'awsfirelens' } }),
      /requires a container with firelensConfiguration/,
    ],
    [
      'secrets without a role',
      of({ secrets: [{ name: 'A', valueFrom: 'arn:aws:ssm:us-east-1:1:parameter/a' }] }),
      "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'",
    ],
  ]);
});

describe('the task', () => {
  accepts([
    ['a constraint', definition({ placementConstraints: [{ type: 'memberOf', expression: 'attribute:a == b' }] })],
  ]);
  refuses([
    [
      'a constraint without expression',
      definition({ placementConstraints: [{ type: 'memberOf' }] }),
      /expression should be specified/,
    ],
    ['an expression that is none', definition({ placementConstraints: [{ type: 'memberOf', expression: '((' }] }), /./],
    [
      'eleven constraints',
      definition({
        placementConstraints: Array.from({ length: 11 }, () => ({
          type: 'memberOf' as const,
          expression: 'attribute:a exists',
        })),
      }),
      /at most 10/,
    ],
    [
      'a proxy outside awsvpc',
      definition({ proxyConfiguration: { containerName: 'web' } }),
      /only supported when networkMode=awsvpc/,
    ],
    ['ephemeral storage outside Fargate', definition({ ephemeralStorage: { sizeInGiB: 30 } }), /require FARGATE/],
    ['20 GiB of it', fargate({}, { ephemeralStorage: { sizeInGiB: 20 } }), /between 21 and 200/],
  ]);
});

describe('what Longshore does not support yet', () => {
  refuses([
    [
      'Managed Instances',
      definition({ requiresCompatibilities: ['MANAGED_INSTANCES'] }),
      /MANAGED_INSTANCES is not supported by Longshore: .*use EC2 or FARGATE/,
    ],
    [
      'EFS',
      definition({ volumes: [{ name: 'a', efsVolumeConfiguration: { fileSystemId: 'fs-1' } }] }),
      /efsVolumeConfiguration is not supported/,
    ],
  ]);
});

describe('EXTERNAL', () => {
  refuses([
    [
      'awsvpc',
      definition({ networkMode: 'awsvpc', requiresCompatibilities: ['EXTERNAL'] }),
      /do not support network mode awsvpc/,
    ],
  ]);
});
