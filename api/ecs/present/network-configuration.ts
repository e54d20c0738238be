/** Presents a network configuration. */
import type { NetworkConfiguration } from '@aws-sdk/client-ecs';

/** ECS shows defaults for what the caller left out: no security groups, no public address. */
export function presentNetworkConfiguration(
  configuration: NetworkConfiguration | undefined,
): NetworkConfiguration | undefined {
  const awsvpc = configuration?.awsvpcConfiguration;
  if (awsvpc === undefined) return undefined;
  return {
    awsvpcConfiguration: {
      subnets: [...(awsvpc.subnets ?? [])],
      securityGroups: [...(awsvpc.securityGroups ?? [])],
      assignPublicIp: awsvpc.assignPublicIp ?? 'DISABLED',
    },
  };
}
