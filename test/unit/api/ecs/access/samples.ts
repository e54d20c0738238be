/** A request of each operation with every member that bears on access. */
import type {
  CreateCapacityProviderRequest,
  CreateClusterRequest,
  CreateServiceRequest,
  CreateTaskSetRequest,
  NetworkConfiguration,
  RegisterTaskDefinitionRequest,
  RunTaskRequest,
  StartTaskRequest,
  UpdateCapacityProviderRequest,
  UpdateServiceRequest,
} from '@aws-sdk/client-ecs';
import type { Partition } from '../../../../../model/arn.ts';

export const PARTITION: Partition = { account: '111122223333', region: 'us-east-1' };
export const ROLE = 'arn:aws:iam::111122223333:role/team/worker';
export const arn = (tail: string): string => `arn:aws:ecs:us-east-1:111122223333:${tail}`;

export const TASK = '0123456789abcdef0123456789abcdef';
export const INSTANCE = 'fedcba9876543210fedcba9876543210';

const tags = [
  { key: 'team', value: 'web' },
  { key: 'stage', value: 'test' },
];
const capacityProviderStrategy = [
  { capacityProvider: 'FARGATE', weight: 1 },
  { capacityProvider: arn('capacity-provider/own') },
];
const networkConfiguration: NetworkConfiguration = {
  awsvpcConfiguration: { subnets: ['subnet-1', 'subnet-2'], assignPublicIp: 'ENABLED' },
};
const volume = { name: 'data', managedEBSVolume: { roleArn: `${ROLE}-volumes`, sizeInGiB: 1 } };

const createCluster: CreateClusterRequest = {
  clusterName: 'prod',
  tags,
  capacityProviders: ['FARGATE'],
  defaultCapacityProviderStrategy: capacityProviderStrategy,
  configuration: { managedStorageConfiguration: { fargateEphemeralStorageKmsKeyId: 'key-1' } },
};

const managedInstancesProvider: NonNullable<CreateCapacityProviderRequest['managedInstancesProvider']> = {
  infrastructureRoleArn: `${ROLE}-infrastructure`,
  propagateTags: 'CAPACITY_PROVIDER',
  instanceLaunchTemplate: {
    ec2InstanceProfileArn: 'arn:aws:iam::111122223333:instance-profile/x',
    networkConfiguration: { subnets: ['subnet-1'] },
    instanceMetadataTagsPropagation: true,
  },
};
const createCapacityProvider: CreateCapacityProviderRequest = { name: 'own', tags, managedInstancesProvider };
const updateCapacityProvider: UpdateCapacityProviderRequest = { name: 'own', managedInstancesProvider };

const registerTaskDefinition: RegisterTaskDefinitionRequest = {
  family: 'web',
  tags,
  requiresCompatibilities: ['FARGATE', 'EC2'],
  cpu: '1 vCPU',
  memory: '2GB',
  taskRoleArn: ROLE,
  executionRoleArn: 'execution',
  containerDefinitions: [{ name: 'a' }, { name: 'b', privileged: true }],
};

const runTask: RunTaskRequest = {
  cluster: 'prod',
  taskDefinition: 'web:7',
  tags,
  capacityProviderStrategy,
  enableExecuteCommand: true,
  volumeConfigurations: [volume],
  overrides: { cpu: '512', memory: '1GB', taskRoleArn: ROLE },
};
const startTask: StartTaskRequest = {
  cluster: 'prod',
  taskDefinition: 'web:7',
  tags,
  containerInstances: [INSTANCE],
  enableExecuteCommand: true,
  volumeConfigurations: [volume],
};

const serviceParts: Omit<UpdateServiceRequest, 'service'> = {
  cluster: 'prod',
  taskDefinition: 'web:7',
  capacityProviderStrategy,
  networkConfiguration,
  enableECSManagedTags: true,
  enableExecuteCommand: true,
  propagateTags: 'SERVICE',
  serviceConnectConfiguration: {
    enabled: true,
    namespace: 'arn:aws:servicediscovery:us-east-1:111122223333:namespace/ns-1',
    services: [{ portName: 'http', tls: { issuerCertificateAuthority: {}, roleArn: `${ROLE}-tls` } }],
  },
  volumeConfigurations: [volume],
  vpcLatticeConfigurations: [{ roleArn: `${ROLE}-lattice`, targetGroupArn: 'x', portName: 'http' }],
  loadBalancers: [{ advancedConfiguration: { roleArn: `${ROLE}-balancer` } }],
  deploymentConfiguration: { lifecycleHooks: [{ roleArn: `${ROLE}-hook` }] },
};
const createService: CreateServiceRequest = { ...serviceParts, serviceName: 'site', tags, role: 'balancer' };
const updateService: UpdateServiceRequest = { ...serviceParts, service: 'site' };

const createTaskSet: CreateTaskSetRequest = {
  cluster: 'prod',
  service: 'site',
  taskDefinition: 'web:7',
  tags,
  capacityProviderStrategy,
};

const inService = { cluster: 'prod', service: 'site' };
const tasks = { cluster: 'prod', tasks: [TASK] };
const instances = { cluster: 'prod', containerInstances: [INSTANCE] };
const attributes = { cluster: 'prod', attributes: [{ name: 'rack', targetId: INSTANCE }] };
const deployment = arn('service-deployment/prod/site/abc');

export const SAMPLES: Readonly<Record<string, object>> = {
  CreateCluster: createCluster,
  DescribeClusters: { clusters: ['prod'] },
  ListClusters: {},
  UpdateCluster: { cluster: 'prod', configuration: createCluster.configuration },
  UpdateClusterSettings: { cluster: 'prod' },
  DeleteCluster: { cluster: 'prod' },
  PutClusterCapacityProviders: { cluster: 'prod', capacityProviders: ['FARGATE'] },
  CreateCapacityProvider: createCapacityProvider,
  DescribeCapacityProviders: { capacityProviders: ['own'] },
  UpdateCapacityProvider: updateCapacityProvider,
  DeleteCapacityProvider: { capacityProvider: 'own' },
  RegisterTaskDefinition: registerTaskDefinition,
  DescribeTaskDefinition: { taskDefinition: 'web' },
  ListTaskDefinitions: {},
  ListTaskDefinitionFamilies: {},
  DeregisterTaskDefinition: { taskDefinition: 'web:7' },
  DeleteTaskDefinitions: { taskDefinitions: ['web:7'] },
  RunTask: runTask,
  StartTask: startTask,
  StopTask: { cluster: 'prod', task: TASK },
  DescribeTasks: tasks,
  ListTasks: { cluster: 'prod', containerInstance: INSTANCE },
  GetTaskProtection: tasks,
  UpdateTaskProtection: tasks,
  CreateService: createService,
  UpdateService: updateService,
  DescribeServices: { cluster: 'prod', services: ['site'] },
  ListServices: { cluster: 'prod' },
  DeleteService: inService,
  CreateTaskSet: createTaskSet,
  UpdateTaskSet: { ...inService, taskSet: 'ecs-svc/1' },
  DeleteTaskSet: { ...inService, taskSet: 'ecs-svc/1' },
  DescribeTaskSets: { ...inService, taskSets: ['ecs-svc/1'] },
  UpdateServicePrimaryTaskSet: { ...inService, primaryTaskSet: 'ecs-svc/1' },
  DescribeServiceDeployments: { serviceDeploymentArns: [deployment] },
  ListServiceDeployments: inService,
  DescribeServiceRevisions: { serviceRevisionArns: [arn('service-revision/prod/site/1')] },
  StopServiceDeployment: { serviceDeploymentArn: deployment },
  ContinueServiceDeployment: { serviceDeploymentArn: deployment },
  RegisterContainerInstance: { cluster: 'prod', tags },
  DeregisterContainerInstance: { cluster: 'prod', containerInstance: INSTANCE },
  DescribeContainerInstances: instances,
  ListContainerInstances: { cluster: 'prod' },
  UpdateContainerAgent: { cluster: 'prod', containerInstance: INSTANCE },
  UpdateContainerInstancesState: instances,
  PutAttributes: attributes,
  DeleteAttributes: attributes,
  ListAttributes: { cluster: 'prod' },
  TagResource: { resourceArn: arn('service/prod/site'), tags },
  UntagResource: { resourceArn: arn('service/prod/site'), tagKeys: ['team'] },
  ListTagsForResource: { resourceArn: arn('service/prod/site') },
  ListAccountSettings: {},
  PutAccountSetting: { name: 'containerInsights', value: 'enabled' },
  PutAccountSettingDefault: { name: 'containerInsights', value: 'enabled' },
  DeleteAccountSetting: { name: 'containerInsights' },
};
