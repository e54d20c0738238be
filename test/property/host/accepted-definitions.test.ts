/** Every definition that registration accepts leads to create options of the engine: nothing is refused only at the launch. */
import type { ContainerDefinition, LinuxParameters } from '@aws-sdk/client-ecs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { containerSpec, pauseContainerSpec } from '../../../activities/host/launch/container-spec.ts';
import { chooseHostPorts } from '../../../activities/host/launch/port-ranges.ts';
import { PAUSE_CONTAINER_NAME } from '../../../activities/host/launch/labels.ts';
import { planTask } from '../../../activities/host/launch/plan.ts';
import { toCreateOptions } from '../../../activities/host/runtime/create-options.ts';
import { normaliseDefinition } from '../../../api/ecs/operations/register-task-definition/normalise.ts';
import type { Definition } from '../../../api/ecs/rules/task-definition/definition.ts';
import { checkDefinition } from '../../../api/ecs/rules/task-definition/index.ts';
import { isEcsError } from '../../../model/errors.ts';

/** Absent as often as not: a definition with everything breaks some rule. */
const maybe = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(values, { nil: undefined, freq: 1 });
const among = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const some = <T>(...values: readonly T[]): fc.Arbitrary<T[]> => fc.subarray([...values]);

const linuxParameters: fc.Arbitrary<LinuxParameters> = fc.record({
  capabilities: maybe(fc.record({ add: some('ALL', 'SYS_PTRACE', 'NOPE'), drop: some('KILL', 'cap_kill') })),
  devices: maybe(some({ hostPath: '/dev/fuse' }, { hostPath: '/dev/null', permissions: ['read' as const] })),
  initProcessEnabled: maybe(fc.boolean()),
  sharedMemorySize: maybe(among(0, 64)),
  tmpfs: maybe(some({ containerPath: '/t', size: 8 }, { containerPath: '/u', size: 1, mountOptions: ['mode=700'] })),
  maxSwap: maybe(among(-1, 0, 64)),
  swappiness: maybe(among(0, 100, 101)),
});

const container = (name: string): fc.Arbitrary<ContainerDefinition> =>
  fc.record({
    name: fc.constant(name),
    image: fc.constant('busybox'),
    memory: among(undefined, 4, 64),
    memoryReservation: among(undefined, 4, 32),
    cpu: among(undefined, 0, 1, 300_000),
    portMappings: maybe(
      some<NonNullable<ContainerDefinition['portMappings']>[number]>(
        { containerPort: 80 },
        { containerPort: 81, hostPort: 8081, protocol: 'udp' },
        { containerPortRange: '8000-8010' },
        { containerPortRange: '8005-8020' },
      ),
    ),
    linuxParameters: maybe(linuxParameters),
    ulimits: maybe(
      some(
        { name: 'nofile' as const, softLimit: -1, hardLimit: -1 },
        { name: 'core' as const, softLimit: 0, hardLimit: 1 },
      ),
    ),
    systemControls: maybe(
      some({ namespace: 'net.core.somaxconn', value: '1' }, { namespace: 'kernel.msgmax', value: '2' }),
    ),
    dockerSecurityOptions: maybe(some('no-new-privileges', 'seccomp:unconfined')),
    dnsServers: maybe(some('10.0.0.2', 'x')),
    extraHosts: maybe(some({ hostname: 'db', ipAddress: '10.0.0.3' })),
    logConfiguration: maybe(
      among<NonNullable<ContainerDefinition['logConfiguration']>>(
        { logDriver: 'json-file', options: { mode: 'blocking' } },
        {
          logDriver: 'awslogs',
          options: { 'awslogs-group': 'g', 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'p' },
        },
      ),
    ),
    healthCheck: maybe(fc.constant({ command: ['CMD', 'true'] })),
    stopTimeout: maybe(among(0, 120, 121)),
  });

const definitions: fc.Arbitrary<Definition> = fc.record({
  family: fc.constant('web'),
  containerDefinitions: fc.tuple(container('a'), container('b')),
  networkMode: among(undefined, 'bridge' as const, 'host' as const, 'awsvpc' as const, 'none' as const),
  requiresCompatibilities: maybe(some('FARGATE' as const, 'EC2' as const)),
  cpu: among(undefined, '256', '.5 vCPU'),
  memory: among(undefined, '512', '1GB'),
  pidMode: among(undefined, 'host' as const, 'task' as const),
  ipcMode: among(undefined, 'host' as const, 'task' as const, 'none' as const),
  executionRoleArn: maybe(fc.constant('arn:aws:iam::123456789012:role/r')),
  ephemeralStorage: maybe(fc.constant({ sizeInGiB: 21 })),
});

function isAccepted(definition: Definition): boolean {
  try {
    checkDefinition(definition);
    return true;
  } catch (error) {
    if (isEcsError(error)) return false;
    throw error;
  }
}

it('makes create options of every accepted definition', () => {
  let accepted = 0;
  fc.assert(
    fc.property(definitions, fc.nat(), (given, seed) => {
      if (!isAccepted(given)) return;
      accepted += 1;
      const definition = {
        ...normaliseDefinition(given),
        taskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1',
        family: 'web',
        revision: 1,
        registeredAt: 0,
      };
      const taskId = 'a'.repeat(32);
      const launch = {
        taskId,
        taskArn: `arn:aws:ecs:us-east-1:123456789012:task/default/${taskId}`,
        taskDefinitionArn: definition.taskDefinitionArn,
        group: 'family:web',
        overrides: {},
      };
      const plan = planTask(definition, launch, 'run-task/x');
      const blueprint = { containerInstanceId: 'i', clusterName: 'default', definition, launch, plan };
      const ids = new Map(plan.hasHolder ? [[PAUSE_CONTAINER_NAME, 'pause']] : []);
      if (plan.hasHolder) toCreateOptions(pauseContainerSpec(blueprint, 'pause', 'longshore'));
      for (const { name, portRanges = [] } of plan.containers) {
        const published = chooseHostPorts(portRanges, new Set(), seed) ?? [];
        const options = toCreateOptions({ ...containerSpec(blueprint, name, ids), portRanges: published });
        expect(options.Image).toBe('busybox');
        const ranged = portRanges.reduce((sum, { first, last }) => sum + last - first + 1, 0);
        expect(Object.keys(options.ExposedPorts ?? {}).length).toBeGreaterThanOrEqual(ranged);
      }
    }),
    { numRuns: 3_000 },
  );
  // The pools are such that the rules let a good part through.
  expect(accepted).toBeGreaterThan(50);
});
