/** Which services can rebalance over availability zones. */
import { AVAILABILITY_ZONE_ATTRIBUTE } from './container-instance.ts';
import type { ServiceDefinition } from './service.ts';

export type RebalancingParts = Pick<
  ServiceDefinition,
  | 'schedulingStrategy'
  | 'deploymentController'
  | 'launchType'
  | 'maximumPercent'
  | 'placementConstraints'
  | 'placementStrategy'
  | 'loadBalancers'
>;

type Obstacle = readonly [string, (service: RebalancingParts) => boolean];

const spreadsOverZones = ({ type, field }: RebalancingParts['placementStrategy'][number]): boolean =>
  type === 'spread' && field === `attribute:${AVAILABILITY_ZONE_ATTRIBUTE}`;

const OBSTACLES: readonly Obstacle[] = [
  ['the DAEMON scheduling strategy', (s) => s.schedulingStrategy === 'DAEMON'],
  ['the EXTERNAL deployment controller', (s) => s.deploymentController === 'EXTERNAL'],
  ['the EXTERNAL launch type', (s) => s.launchType === 'EXTERNAL'],
  ['a maximumPercent of 100', (s) => s.maximumPercent <= 100],
  ['a Classic Load Balancer', (s) => s.loadBalancers.some(({ loadBalancerName }) => loadBalancerName !== undefined)],
  [
    `a placement constraint on attribute:${AVAILABILITY_ZONE_ATTRIBUTE}`,
    (s) => s.placementConstraints.some(({ expression }) => expression?.includes(AVAILABILITY_ZONE_ATTRIBUTE)),
  ],
  [
    `a first placement strategy other than spread over attribute:${AVAILABILITY_ZONE_ATTRIBUTE}`,
    ({ placementStrategy: [first] }) => first !== undefined && !spreadsOverZones(first),
  ],
];

/** What keeps the service from rebalancing, in words; undefined if nothing does. */
export const rebalancingObstacle = (service: RebalancingParts): string | undefined =>
  OBSTACLES.find(([, stands]) => stands(service))?.[0];

/** Rebalancing is enabled, and possible. */
export const isRebalanced = (
  service: RebalancingParts & Pick<ServiceDefinition, 'availabilityZoneRebalancing'>,
): boolean => service.availabilityZoneRebalancing === 'ENABLED' && rebalancingObstacle(service) === undefined;
