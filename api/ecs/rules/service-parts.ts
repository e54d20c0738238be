/** Refuses parts of services that Longshore does not support yet, in CreateService and UpdateService. */
import type { CreateServiceRequest, DeploymentConfiguration, UpdateServiceRequest } from '@aws-sdk/client-ecs';
import { unsupported } from './refusals.ts';

type ServiceRequest = Partial<Omit<CreateServiceRequest, 'serviceName'>> &
  Partial<Omit<UpdateServiceRequest, 'service'>>;

/** A part's name in the request, and whether a request asks for it. */
type Part<Value> = readonly [name: string, asked: (value: Value) => boolean];

const has = (list: readonly unknown[] | undefined): boolean => (list ?? []).length > 0;

const SERVICE_PARTS: readonly Part<ServiceRequest>[] = [
  ['deploymentController CODE_DEPLOY', (s) => s.deploymentController?.type === 'CODE_DEPLOY'],
  ['loadBalancers', (s) => has(s.loadBalancers)],
  ['serviceRegistries', (s) => has(s.serviceRegistries)],
  ['serviceConnectConfiguration', (s) => s.serviceConnectConfiguration?.enabled === true],
  ['volumeConfigurations', (s) => has(s.volumeConfigurations)],
  ['vpcLatticeConfigurations', (s) => has(s.vpcLatticeConfigurations)],
  ['gatewayConnectors', (s) => has(s.gatewayConnectors)],
  ['monitoring', (s) => s.monitoring !== undefined],
];

const DEPLOYMENT_PARTS: readonly Part<DeploymentConfiguration>[] = [
  ['alarms with enable true', (d) => d.alarms?.enable === true],
  ['strategy BLUE_GREEN', (d) => d.strategy === 'BLUE_GREEN'],
  ['strategy LINEAR', (d) => d.strategy === 'LINEAR'],
  ['strategy CANARY', (d) => d.strategy === 'CANARY'],
  ['linearConfiguration', (d) => d.linearConfiguration !== undefined],
  ['canaryConfiguration', (d) => d.canaryConfiguration !== undefined],
];

/** Throws UnsupportedFeatureException that names every part of the request that is not built. */
export function refuseUnsupportedParts(request: ServiceRequest): void {
  const deployment = request.deploymentConfiguration ?? {};
  const parts = [
    ...SERVICE_PARTS.filter(([, asked]) => asked(request)).map(([name]) => name),
    ...DEPLOYMENT_PARTS.filter(([, asked]) => asked(deployment)).map(([name]) => `deploymentConfiguration.${name}`),
  ];
  if (parts.length > 0) throw unsupported(parts.join(', '));
}
