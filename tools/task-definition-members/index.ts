/** Every member of RegisterTaskDefinition, and of the overrides of RunTask and StartTask, with what happens to it here. */
import { advice } from './advice.ts';
import { CONTAINER_MEMBERS } from './container.ts';
import { refused, works } from './member.ts';

const VOLUME_MEMBERS = [
  works('volumes[].name', 'what mount points name'),
  works(
    'volumes[].host.sourcePath',
    'a path of the host; absent: a Docker volume that lives as long as the task; not on FARGATE',
  ),
  works(
    'volumes[].dockerVolumeConfiguration.scope',
    'task: as long as the task; shared: until you remove it; not on FARGATE',
  ),
  works('volumes[].dockerVolumeConfiguration.autoprovision', 'makes a shared volume that is missing'),
  works('volumes[].dockerVolumeConfiguration.driver', 'a volume driver of the engine, local by default'),
  works('volumes[].dockerVolumeConfiguration.driverOpts{}', 'options of the driver'),
  works('volumes[].dockerVolumeConfiguration.labels{}', 'labels of the volume on the engine'),
  ...refused(
    [
      'volumes[].efsVolumeConfiguration.fileSystemId',
      'volumes[].efsVolumeConfiguration.rootDirectory',
      'volumes[].efsVolumeConfiguration.transitEncryption',
      'volumes[].efsVolumeConfiguration.transitEncryptionPort',
      'volumes[].efsVolumeConfiguration.authorizationConfig.accessPointId',
      'volumes[].efsVolumeConfiguration.authorizationConfig.iam',
    ],
    advice('efsVolumeConfiguration'),
  ),
  ...refused(
    [
      'volumes[].s3filesVolumeConfiguration.fileSystemArn',
      'volumes[].s3filesVolumeConfiguration.rootDirectory',
      'volumes[].s3filesVolumeConfiguration.transitEncryptionPort',
      'volumes[].s3filesVolumeConfiguration.accessPointArn',
    ],
    advice('s3filesVolumeConfiguration'),
  ),
  ...refused(
    [
      'volumes[].fsxWindowsFileServerVolumeConfiguration.fileSystemId',
      'volumes[].fsxWindowsFileServerVolumeConfiguration.rootDirectory',
      'volumes[].fsxWindowsFileServerVolumeConfiguration.authorizationConfig.credentialsParameter',
      'volumes[].fsxWindowsFileServerVolumeConfiguration.authorizationConfig.domain',
    ],
    advice('fsxWindowsFileServerVolumeConfiguration'),
  ),
  ...refused(['volumes[].configuredAtLaunch'], advice('configuredAtLaunch')),
] as const;

const TASK_MEMBERS = [
  works('family', 'each registration makes its next revision'),
  works('taskRoleArn', 'a role of IAM, whose keys the containers get at 169.254.170.2'),
  works(
    'executionRoleArn',
    'what reads secrets and credentials; images of ECR are pulled with the credentials of the host’s engine',
  ),
  works('networkMode', 'bridge by default; awsvpc: an address of a Docker network for each task'),
  works('placementConstraints[].type', 'memberOf'),
  works('placementConstraints[].expression', 'the cluster query language'),
  works('requiresCompatibilities[]', 'EC2, EXTERNAL and FARGATE, with the rules of each'),
  ...refused(['requiresCompatibilities[]=MANAGED_INSTANCES'], advice('requiresCompatibilities MANAGED_INSTANCES')),
  works('cpu', 'a hard limit of all containers together; required on FARGATE'),
  works('memory', 'a hard limit of all containers together; required on FARGATE'),
  works('tags[].key', 'tags of the revision'),
  works('tags[].value', 'tags of the revision'),
  works('pidMode', 'host or task; on FARGATE task'),
  works('ipcMode', 'host, task or none; not on FARGATE'),
  ...refused(
    [
      'proxyConfiguration.containerName',
      'proxyConfiguration.type',
      'proxyConfiguration.properties[].name',
      'proxyConfiguration.properties[].value',
    ],
    advice('proxyConfiguration'),
  ),
  ...refused(
    ['inferenceAccelerators[].deviceName', 'inferenceAccelerators[].deviceType'],
    advice('inferenceAccelerators'),
  ),
  works(
    'ephemeralStorage.sizeInGiB',
    'FARGATE: limits what each container may write, where the engine’s storage driver can; elsewhere the host’s disk is the limit',
  ),
  works('runtimePlatform.cpuArchitecture', 'placement takes hosts of this architecture'),
  works('runtimePlatform.operatingSystemFamily', 'LINUX'),
  ...refused(
    ['runtimePlatform.operatingSystemFamily=WINDOWS_SERVER_2022_CORE'],
    advice('runtimePlatform.operatingSystemFamily'),
  ),
  ...refused(['enableFaultInjection'], advice('enableFaultInjection')),
] as const;

const OVERRIDE_MEMBERS = [
  works('overrides.containerOverrides[].name', 'a container of the definition'),
  works('overrides.containerOverrides[].command[]', 'replaces the definition’s'),
  works('overrides.containerOverrides[].environment[].name', 'added to the definition’s, or in place of one'),
  works('overrides.containerOverrides[].environment[].value', 'its value'),
  works('overrides.containerOverrides[].environmentFiles[].value', 'replaces the definition’s'),
  works('overrides.containerOverrides[].environmentFiles[].type', 's3'),
  works('overrides.containerOverrides[].cpu', 'replaces the definition’s'),
  works('overrides.containerOverrides[].memory', 'replaces the definition’s'),
  works('overrides.containerOverrides[].memoryReservation', 'replaces the definition’s'),
  works('overrides.containerOverrides[].resourceRequirements[].type', 'GPU'),
  works('overrides.containerOverrides[].resourceRequirements[].value', 'replaces the definition’s'),
  ...refused(
    [
      'overrides.containerOverrides[].resourceRequirements[].sharingStrategy.nvidiaMps.memory',
      'overrides.containerOverrides[].resourceRequirements[].sharingStrategy.nvidiaMps.maxComputePercent',
    ],
    advice('resourceRequirements'),
  ),
  works('overrides.cpu', 'replaces the definition’s'),
  works('overrides.memory', 'replaces the definition’s'),
  ...refused(
    ['overrides.inferenceAcceleratorOverrides[].deviceName', 'overrides.inferenceAcceleratorOverrides[].deviceType'],
    advice('inferenceAcceleratorOverrides'),
  ),
  works('overrides.executionRoleArn', 'replaces the definition’s'),
  works('overrides.taskRoleArn', 'replaces the definition’s'),
  works('overrides.ephemeralStorage.sizeInGiB', 'replaces the definition’s'),
] as const;

export const MEMBERS = [...TASK_MEMBERS, ...CONTAINER_MEMBERS, ...VOLUME_MEMBERS, ...OVERRIDE_MEMBERS] as const;

export type MemberPath = (typeof MEMBERS)[number]['path'];
