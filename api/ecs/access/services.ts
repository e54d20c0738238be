/** What the operations on services, their deployments and their revisions need. */
import type {
  CreateServiceRequest,
  DeleteServiceRequest,
  DescribeServiceDeploymentsRequest,
  DescribeServiceRevisionsRequest,
  DescribeServicesRequest,
  ListServiceDeploymentsRequest,
  ListServicesRequest,
  UpdateServiceRequest,
} from '@aws-sdk/client-ecs';
import { defined } from '../../../model/defined.ts';
import type { ContextValues } from '../../auth/policy/context.ts';
import { clusterOf } from '../rules/identifiers.ts';
import { type Access, type AccessOf, type AccessScope, ANY_RESOURCE } from './access.ts';
import { requestTagKeys } from '../../auth/tag-keys.ts';
import { ebsVolumes, flag, networkKeys, strategyKeys, tagOnCreate, volumeRoles } from './keys.ts';
import { passRoles } from './pass-role.ts';
import { definitionArn, eachOf, historyArns, resourcesOf, taskDefinitionRef } from './resources.ts';

type ServiceMembers = Omit<UpdateServiceRequest, 'service'>;

/** What CreateService and UpdateService have in common: the keys, the definition that they run, the roles that they pass. */
function serviceParts(
  input: ServiceMembers,
  scope: AccessScope,
): { readonly keys: ContextValues; readonly runs: Pick<Access, 'runs'>; readonly passed: readonly Access[] } {
  const runs = input.taskDefinition ? taskDefinitionRef(input.taskDefinition, scope) : undefined;
  const {
    serviceConnectConfiguration: connect,
    vpcLatticeConfigurations: lattice,
    volumeConfigurations: volumes,
  } = input;
  const keys = {
    ...strategyKeys(input.capacityProviderStrategy, scope),
    ...networkKeys(input.networkConfiguration),
    ...(defined({
      'ecs:task-definition': runs && definitionArn(runs, scope),
      'ecs:enable-ebs-volumes': volumes && String(ebsVolumes(volumes)),
      'ecs:enable-ecs-managed-tags': flag(input.enableECSManagedTags),
      'ecs:enable-execute-command': flag(input.enableExecuteCommand),
      'ecs:enable-service-connect': flag(connect?.enabled),
      'ecs:enable-vpc-lattice': lattice && String(lattice.length > 0),
      'ecs:namespace': connect?.namespace,
      'ecs:propagate-tags': input.propagateTags,
    }) as ContextValues),
  };
  const roles = [
    ...volumeRoles(volumes),
    ...(lattice ?? []).map(({ roleArn }) => roleArn),
    ...(connect?.services ?? []).map(({ tls }) => tls?.roleArn),
    ...(input.loadBalancers ?? []).map(({ advancedConfiguration }) => advancedConfiguration?.roleArn),
    ...(input.deploymentConfiguration?.lifecycleHooks ?? []).map(({ roleArn }) => roleArn),
  ];
  return {
    keys,
    runs: defined({ runs }),
    passed: passRoles(roles, 'ecs.amazonaws.com', scope),
  };
}

/** ECS's defaults for a new service count as given. */
export const createService: AccessOf<CreateServiceRequest> = (input, scope) => {
  const cluster = resourcesOf(input.cluster, scope);
  const arn = cluster.service(input.serviceName ?? '');
  const { keys, runs, passed } = serviceParts(input, scope);
  const context = {
    'ecs:enable-ebs-volumes': 'false',
    'ecs:enable-ecs-managed-tags': 'false',
    'ecs:enable-execute-command': 'false',
    'ecs:propagate-tags': 'NONE',
    ...requestTagKeys(input.tags),
    ...cluster.keys,
    ...keys,
  };
  return [
    { action: 'ecs:CreateService', resources: [arn], context, tagged: true, ...runs },
    ...tagOnCreate('CreateService', arn, input.tags),
    ...passed,
    ...passRoles([input.role], 'ecs.amazonaws.com', scope),
  ];
};

export const updateService: AccessOf<UpdateServiceRequest> = (input, scope) => {
  const cluster = resourcesOf(input.cluster, scope);
  const { keys, runs, passed } = serviceParts(input, scope);
  const resources = [cluster.service(input.service ?? '')];
  const context = { ...cluster.keys, ...keys };
  return [{ action: 'ecs:UpdateService', resources, context, tagged: true, ...runs }, ...passed];
};

export const describeServices: AccessOf<DescribeServicesRequest> = (input, scope) => {
  const cluster = resourcesOf(input.cluster, scope);
  const resources = eachOf(input.services, cluster.service, cluster.service('*'));
  return [{ action: 'ecs:DescribeServices', resources, context: cluster.keys, tagged: true }];
};

/** An operation on one service of one cluster. */
export const onService =
  (action: string): AccessOf<DeleteServiceRequest> =>
  (input, scope) => {
    const cluster = resourcesOf(input.cluster, scope);
    return [{ action, resources: [cluster.service(input.service ?? '')], context: cluster.keys, tagged: true }];
  };

export const listServices: AccessOf<ListServicesRequest> = (input, scope) => [
  {
    action: 'ecs:ListServices',
    resources: [ANY_RESOURCE],
    context: resourcesOf(input.cluster, scope).keys,
    tagged: false,
  },
];

export const listServiceDeployments: AccessOf<ListServiceDeploymentsRequest> = (input, scope) => {
  const service = input.service ?? '';
  const cluster = resourcesOf(clusterOf(input.cluster, service, scope), scope);
  const resources = [cluster.service(service)];
  return [{ action: 'ecs:ListServiceDeployments', resources, context: cluster.keys, tagged: true }];
};

/** One access for each service deployment or revision, on it and on its service. */
function onHistory(
  action: string,
  type: 'service-deployment' | 'service-revision',
  arns: readonly string[] | undefined,
  scope: AccessScope,
): readonly Access[] {
  if (!arns?.length) return [{ action, resources: [ANY_RESOURCE], context: {}, tagged: false }];
  return [...new Set(arns)].map((text) => {
    const { arn, service, cluster } = historyArns(type, text, scope);
    return {
      action,
      resources: [service, arn],
      context: { 'ecs:cluster': cluster, 'ecs:service': service },
      tagged: true,
    };
  });
}

export const describeServiceDeployments: AccessOf<DescribeServiceDeploymentsRequest> = (input, scope) =>
  onHistory('ecs:DescribeServiceDeployments', 'service-deployment', input.serviceDeploymentArns, scope);

export const describeServiceRevisions: AccessOf<DescribeServiceRevisionsRequest> = (input, scope) =>
  onHistory('ecs:DescribeServiceRevisions', 'service-revision', input.serviceRevisionArns, scope);

/** An operation on one service deployment. */
export const onServiceDeployment =
  (action: string): AccessOf<{ readonly serviceDeploymentArn: string | undefined }> =>
  ({ serviceDeploymentArn = '' }, scope) =>
    onHistory(action, 'service-deployment', [serviceDeploymentArn], scope);
