/**
 * Sets up what exists before the first step: machines, capacity providers, and a task definition for each kind of
 * tasks.
 */
import { CAPACITY_PROVIDER_ATTRIBUTE } from '../../model/container-instance.ts';
import { IMAGE_PREFIX, type Scenario } from '../scenario/scenario.ts';
import type { User } from './user.ts';

type InstanceGroup = Scenario['cluster']['instances'][number];

/** How long the machines take to register. */
const BEGIN_MS = 5_000;
const GROUP_ARN = 'arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:simulated:autoScalingGroupName';

export async function beginCluster(user: User): Promise<void> {
  const { scenario, world } = user;
  for (const group of scenario.cluster.instances) for (let i = 0; i < group.count; i += 1) addMachine(user, group);
  await world.clock.advance(BEGIN_MS);
  await createProviders(user);
  for (const name of Object.keys(scenario.tasks)) {
    // Without task definitions nothing can be done, so the call is repeated until it is answered.
    for (let answer = await registerTasks(user, name); answer === 'unknown';) answer = await registerTasks(user, name);
  }
}

/** Adds a machine to a group, in the group's next zone. */
export function addMachine({ world }: User, group: InstanceGroup): void {
  const place = world.instances.length;
  const provider = group.capacityProvider;
  const attributes = {
    ...group.attributes,
    ...(provider === undefined ? {} : { [CAPACITY_PROVIDER_ATTRIBUTE]: provider }),
  };
  world.addInstance({
    containerInstanceId: machineId(place),
    cpu: group.cpu,
    memoryMiB: group.memory,
    fargate: group.fargate,
    availabilityZone: group.zones[place % group.zones.length] ?? 'zone-a',
    attributes: Object.entries(attributes).map(([name, value]) => ({ name, value })),
  });
}

export const machineId = (place: number): string => place.toString(16).padStart(32, '0');

/** Creates the operator's providers, which groups of instances name, and AWS's two. */
async function createProviders(user: User): Promise<void> {
  const named = user.scenario.cluster.instances.flatMap(({ capacityProvider }) => capacityProvider ?? []);
  const own = [...new Set(named)];
  for (const name of own)
    await certainly(user, 'CreateCapacityProvider', {
      name,
      autoScalingGroupProvider: { autoScalingGroupArn: `${GROUP_ARN}/${name}` },
    });
  await certainly(user, 'PutClusterCapacityProviders', {
    capacityProviders: ['FARGATE', 'FARGATE_SPOT', ...own],
    defaultCapacityProviderStrategy: [],
  });
}

/**
 * Repeats the call until it is answered. A provider that exists already was created by a call whose answer was lost.
 */
async function certainly(user: User, operation: string, body: Record<string, unknown>): Promise<void> {
  for (;;) {
    const answer = await user.call(operation, body);
    if (answer.kind === 'unknown') continue;
    if (answer.kind === 'refused' && !answer.message.includes('already exists'))
      user.world.violations.push(`scenario: ${operation} is refused: ${answer.message}`);
    return;
  }
}

/** Returns the new revision's ARN. `refused` means a mistake in the scenario, and ends the run. */
export async function registerTasks(
  user: User,
  name: string,
): Promise<{ readonly arn: string } | 'unknown' | 'refused'> {
  const answer = await user.call('RegisterTaskDefinition', definitionOf(name, user.scenario.tasks[name]));
  if (answer.kind === 'refused') user.world.violations.push(`scenario: tasks ${name} are refused: ${answer.message}`);
  if (answer.kind !== 'done') return answer.kind;
  const definition = answer.body['taskDefinition'] as { taskDefinitionArn?: string } | undefined;
  return { arn: definition?.taskDefinitionArn ?? '' };
}

function definitionOf(name: string, kind: Scenario['tasks'][string] | undefined): Record<string, unknown> {
  const [cpu, memory] = [kind?.cpu ?? 256, kind?.memory ?? 512];
  return {
    family: name,
    ...(kind?.fargate
      ? { requiresCompatibilities: ['FARGATE'], networkMode: 'awsvpc', cpu: String(cpu), memory: String(memory) }
      : {}),
    containerDefinitions: [
      {
        name: 'main',
        image: `${IMAGE_PREFIX}${name}`,
        cpu,
        memory,
        ...(kind?.healthCheck ? { healthCheck: { command: ['CMD', 'true'] } } : {}),
        ...(kind?.hostPort === undefined
          ? {}
          : { portMappings: [{ containerPort: kind.hostPort, hostPort: kind.hostPort }] }),
      },
    ],
  };
}
