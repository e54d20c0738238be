/** One value for each member of a task definition, in a definition that is sound but for it. */
import type { ContainerDefinition, ContainerOverride, TaskOverride, Volume } from '@aws-sdk/client-ecs';
import type { Definition } from '../../../../../api/ecs/rules/task-definition/definition.ts';
import type { MemberPath } from '../../../../../tools/task-definition-members/index.ts';
import { container, definition, fargate, of } from './builders.ts';

type OverridePath = Extract<MemberPath, `overrides.${string}`>;
type DefinitionPath = Exclude<MemberPath, OverridePath>;

const ROLE = 'arn:aws:iam::123456789012:role/r';
const SECRET = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:s-a1b2c3';

/** A container beside one that others depend on. */
const beside = (members: Partial<ContainerDefinition>, other: Partial<ContainerDefinition> = {}): Definition =>
  definition({ containerDefinitions: [container({ name: 'db', ...other }), container(members)] });
const volume = (members: Partial<Volume>): Definition =>
  of(
    { mountPoints: [{ sourceVolume: 'v', containerPath: '/v', readOnly: true }] },
    { volumes: [{ name: 'v', ...members }] },
  );
const restarted = of({ restartPolicy: { enabled: true, ignoredExitCodes: [0], restartAttemptPeriod: 60 } });
const port = of({
  portMappings: [{ containerPort: 80, hostPort: 8080, protocol: 'tcp', name: 'http', appProtocol: 'http' }],
});
const linux = of({
  linuxParameters: {
    capabilities: { add: ['SYS_PTRACE'], drop: ['NET_RAW'] },
    devices: [{ hostPath: '/dev/fuse', containerPath: '/dev/fuse', permissions: ['read'] }],
    initProcessEnabled: true,
    sharedMemorySize: 64,
    tmpfs: [{ containerPath: '/t', size: 8, mountOptions: ['noexec'] }],
    maxSwap: 64,
    swappiness: 10,
  },
});
const named = of({
  hostname: 'web',
  user: '1000:1000',
  workingDirectory: '/srv',
  disableNetworking: true,
  privileged: true,
  readonlyRootFilesystem: true,
  dnsServers: ['10.0.0.2'],
  dnsSearchDomains: ['example.com'],
  extraHosts: [{ hostname: 'db', ipAddress: '10.0.0.3' }],
  dockerSecurityOptions: ['no-new-privileges'],
  interactive: true,
  pseudoTerminal: true,
  dockerLabels: { a: 'b' },
  ulimits: [{ name: 'nofile', softLimit: 1024, hardLimit: 2048 }],
  systemControls: [{ namespace: 'net.core.somaxconn', value: '512' }],
  essential: true,
  entryPoint: ['sh'],
  command: ['-c'],
  environment: [{ name: 'A', value: 'b' }],
  cpu: 10,
  memory: 64,
  memoryReservation: 32,
  startTimeout: 10,
  stopTimeout: 10,
  versionConsistency: 'disabled',
});
const health = of({
  healthCheck: { command: ['CMD', 'true'], interval: 10, timeout: 5, retries: 2, startPeriod: 10 },
});
const gpus = of({ resourceRequirements: [{ type: 'GPU', value: '1' }] });
const mps = of({
  resourceRequirements: [
    { type: 'GPU', value: '1', sharingStrategy: { nvidiaMps: { memory: 1024, maxComputePercent: 50 } } },
  ],
});
const jsonFile = of({ logConfiguration: { logDriver: 'json-file', options: { 'max-size': '1m' } } });
const dependent = beside(
  {
    dependsOn: [{ containerName: 'db', condition: 'START' }],
    links: ['db'],
    volumesFrom: [{ sourceContainer: 'db', readOnly: true }],
  },
  { essential: false },
);
const dockerVolume = volume({
  dockerVolumeConfiguration: {
    scope: 'shared',
    autoprovision: true,
    driver: 'local',
    driverOpts: { type: 'tmpfs' },
    labels: { a: 'b' },
  },
});
const efs = volume({
  efsVolumeConfiguration: {
    fileSystemId: 'fs-1',
    rootDirectory: '/',
    transitEncryption: 'ENABLED',
    transitEncryptionPort: 2049,
    authorizationConfig: { accessPointId: 'fsap-1', iam: 'ENABLED' },
  },
});
const s3files = volume({
  s3filesVolumeConfiguration: {
    fileSystemArn: 'arn:aws:s3files:us-east-1:123456789012:file-system/fs-1',
    rootDirectory: '/',
    transitEncryptionPort: 2049,
    accessPointArn: 'arn:aws:s3files:us-east-1:123456789012:access-point/a',
  },
});
const fsx = volume({
  fsxWindowsFileServerVolumeConfiguration: {
    fileSystemId: 'fs-1',
    rootDirectory: 'share',
    authorizationConfig: { credentialsParameter: SECRET, domain: 'example.com' },
  },
});
const proxy = definition({
  networkMode: 'awsvpc',
  proxyConfiguration: {
    type: 'APPMESH',
    containerName: 'web',
    properties: ['ProxyIngressPort', 'ProxyEgressPort', 'AppPorts', 'EgressIgnoredIPs', 'IgnoredUID'].map((name) => ({
      name,
      value: '1',
    })),
  },
});
const accelerators = definition({ inferenceAccelerators: [{ deviceName: 'a', deviceType: 'eia1.medium' }] });
const placed = definition({ placementConstraints: [{ type: 'memberOf', expression: 'attribute:rack == a' }] });
const tagged = definition({ tags: [{ key: 'a', value: 'b' }] });
const router = (members: Partial<ContainerDefinition>): Definition =>
  definition({
    containerDefinitions: [
      container({ name: 'log', firelensConfiguration: { type: 'fluentbit', options: { a: 'b' } } }),
      container(members),
    ],
  });
const logSecret = of(
  {
    logConfiguration: {
      logDriver: 'splunk',
      options: { 'splunk-url': 'https://splunk' },
      secretOptions: [{ name: 'splunk-token', valueFrom: SECRET }],
    },
  },
  { executionRoleArn: ROLE },
);
const secrets = of({ secrets: [{ name: 'A', valueFrom: SECRET }] }, { executionRoleArn: ROLE });
const environmentFile = of(
  { environmentFiles: [{ type: 's3', value: 'arn:aws:s3:::bucket/a.env' }] },
  { executionRoleArn: ROLE },
);

/** For each member a definition that has it. */
export const DEFINITION_SAMPLES: Readonly<Record<DefinitionPath, Definition>> = {
  family: definition(),
  taskRoleArn: definition({ taskRoleArn: ROLE }),
  executionRoleArn: definition({ executionRoleArn: ROLE }),
  networkMode: definition({ networkMode: 'host' }),
  'placementConstraints[].type': placed,
  'placementConstraints[].expression': placed,
  'requiresCompatibilities[]': fargate(),
  'requiresCompatibilities[]=MANAGED_INSTANCES': definition({ requiresCompatibilities: ['MANAGED_INSTANCES'] }),
  cpu: definition({ cpu: '256' }),
  memory: definition({ memory: '512' }),
  'tags[].key': tagged,
  'tags[].value': tagged,
  pidMode: definition({ pidMode: 'host' }),
  ipcMode: definition({ ipcMode: 'task' }),
  'proxyConfiguration.containerName': proxy,
  'proxyConfiguration.type': proxy,
  'proxyConfiguration.properties[].name': proxy,
  'proxyConfiguration.properties[].value': proxy,
  'inferenceAccelerators[].deviceName': accelerators,
  'inferenceAccelerators[].deviceType': accelerators,
  'ephemeralStorage.sizeInGiB': fargate({}, { ephemeralStorage: { sizeInGiB: 21 } }),
  'runtimePlatform.cpuArchitecture': definition({ runtimePlatform: { cpuArchitecture: 'ARM64' } }),
  'runtimePlatform.operatingSystemFamily': definition({ runtimePlatform: { operatingSystemFamily: 'LINUX' } }),
  'runtimePlatform.operatingSystemFamily=WINDOWS_SERVER_2022_CORE': definition({
    runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' },
  }),
  enableFaultInjection: definition({ enableFaultInjection: true }),
  'containerDefinitions[].name': definition(),
  'containerDefinitions[].image': definition(),
  'containerDefinitions[].repositoryCredentials.credentialsParameter': of(
    { repositoryCredentials: { credentialsParameter: SECRET } },
    { executionRoleArn: ROLE },
  ),
  'containerDefinitions[].cpu': named,
  'containerDefinitions[].memory': named,
  'containerDefinitions[].memoryReservation': named,
  'containerDefinitions[].links[]': dependent,
  'containerDefinitions[].portMappings[].containerPort': port,
  'containerDefinitions[].portMappings[].hostPort': port,
  'containerDefinitions[].portMappings[].protocol': port,
  'containerDefinitions[].portMappings[].name': port,
  'containerDefinitions[].portMappings[].appProtocol': port,
  'containerDefinitions[].portMappings[].containerPortRange': of({
    portMappings: [{ containerPortRange: '8000-8010', protocol: 'udp' }],
  }),
  'containerDefinitions[].essential': named,
  'containerDefinitions[].restartPolicy.enabled': restarted,
  'containerDefinitions[].restartPolicy.ignoredExitCodes[]': restarted,
  'containerDefinitions[].restartPolicy.restartAttemptPeriod': restarted,
  'containerDefinitions[].entryPoint[]': named,
  'containerDefinitions[].command[]': named,
  'containerDefinitions[].environment[].name': named,
  'containerDefinitions[].environment[].value': named,
  'containerDefinitions[].environmentFiles[].value': environmentFile,
  'containerDefinitions[].environmentFiles[].type': environmentFile,
  'containerDefinitions[].mountPoints[].sourceVolume': volume({}),
  'containerDefinitions[].mountPoints[].containerPath': volume({}),
  'containerDefinitions[].mountPoints[].readOnly': volume({}),
  'containerDefinitions[].volumesFrom[].sourceContainer': dependent,
  'containerDefinitions[].volumesFrom[].readOnly': dependent,
  'containerDefinitions[].linuxParameters.capabilities.add[]': linux,
  'containerDefinitions[].linuxParameters.capabilities.drop[]': linux,
  'containerDefinitions[].linuxParameters.devices[].hostPath': linux,
  'containerDefinitions[].linuxParameters.devices[].containerPath': linux,
  'containerDefinitions[].linuxParameters.devices[].permissions[]': linux,
  'containerDefinitions[].linuxParameters.initProcessEnabled': linux,
  'containerDefinitions[].linuxParameters.sharedMemorySize': linux,
  'containerDefinitions[].linuxParameters.tmpfs[].containerPath': linux,
  'containerDefinitions[].linuxParameters.tmpfs[].size': linux,
  'containerDefinitions[].linuxParameters.tmpfs[].mountOptions[]': linux,
  'containerDefinitions[].linuxParameters.maxSwap': linux,
  'containerDefinitions[].linuxParameters.swappiness': linux,
  'containerDefinitions[].secrets[].name': secrets,
  'containerDefinitions[].secrets[].valueFrom': secrets,
  'containerDefinitions[].dependsOn[].containerName': dependent,
  'containerDefinitions[].dependsOn[].condition': dependent,
  'containerDefinitions[].startTimeout': named,
  'containerDefinitions[].stopTimeout': named,
  'containerDefinitions[].versionConsistency': named,
  'containerDefinitions[].hostname': named,
  'containerDefinitions[].user': named,
  'containerDefinitions[].workingDirectory': named,
  'containerDefinitions[].disableNetworking': named,
  'containerDefinitions[].privileged': named,
  'containerDefinitions[].readonlyRootFilesystem': named,
  'containerDefinitions[].dnsServers[]': named,
  'containerDefinitions[].dnsSearchDomains[]': named,
  'containerDefinitions[].extraHosts[].hostname': named,
  'containerDefinitions[].extraHosts[].ipAddress': named,
  'containerDefinitions[].dockerSecurityOptions[]': named,
  'containerDefinitions[].interactive': named,
  'containerDefinitions[].pseudoTerminal': named,
  'containerDefinitions[].dockerLabels{}': named,
  'containerDefinitions[].ulimits[].name': named,
  'containerDefinitions[].ulimits[].softLimit': named,
  'containerDefinitions[].ulimits[].hardLimit': named,
  'containerDefinitions[].logConfiguration.logDriver': jsonFile,
  'containerDefinitions[].logConfiguration.logDriver=awslogs': of({
    logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': 'g', 'awslogs-region': 'us-east-1' } },
  }),
  'containerDefinitions[].logConfiguration.logDriver=awsfirelens': router({
    logConfiguration: { logDriver: 'awsfirelens' },
  }),
  'containerDefinitions[].logConfiguration.options{}': jsonFile,
  'containerDefinitions[].logConfiguration.secretOptions[].name': logSecret,
  'containerDefinitions[].logConfiguration.secretOptions[].valueFrom': logSecret,
  'containerDefinitions[].healthCheck.command[]': health,
  'containerDefinitions[].healthCheck.interval': health,
  'containerDefinitions[].healthCheck.timeout': health,
  'containerDefinitions[].healthCheck.retries': health,
  'containerDefinitions[].healthCheck.startPeriod': health,
  'containerDefinitions[].systemControls[].namespace': named,
  'containerDefinitions[].systemControls[].value': named,
  'containerDefinitions[].resourceRequirements[].type=GPU': gpus,
  'containerDefinitions[].resourceRequirements[].type=NeuronDevice': of({
    resourceRequirements: [{ type: 'NeuronDevice', value: '1' }],
  }),
  'containerDefinitions[].resourceRequirements[].value': gpus,
  'containerDefinitions[].resourceRequirements[].sharingStrategy.nvidiaMps.memory': mps,
  'containerDefinitions[].resourceRequirements[].sharingStrategy.nvidiaMps.maxComputePercent': mps,
  'containerDefinitions[].firelensConfiguration.type': router({}),
  'containerDefinitions[].firelensConfiguration.options{}': router({}),
  'containerDefinitions[].credentialSpecs[]': of({ credentialSpecs: ['credentialspec:arn:aws:s3:::bucket/a'] }),
  'volumes[].name': volume({}),
  'volumes[].host.sourcePath': volume({ host: { sourcePath: '/srv' } }),
  'volumes[].dockerVolumeConfiguration.scope': dockerVolume,
  'volumes[].dockerVolumeConfiguration.autoprovision': dockerVolume,
  'volumes[].dockerVolumeConfiguration.driver': dockerVolume,
  'volumes[].dockerVolumeConfiguration.driverOpts{}': dockerVolume,
  'volumes[].dockerVolumeConfiguration.labels{}': dockerVolume,
  'volumes[].efsVolumeConfiguration.fileSystemId': efs,
  'volumes[].efsVolumeConfiguration.rootDirectory': efs,
  'volumes[].efsVolumeConfiguration.transitEncryption': efs,
  'volumes[].efsVolumeConfiguration.transitEncryptionPort': efs,
  'volumes[].efsVolumeConfiguration.authorizationConfig.accessPointId': efs,
  'volumes[].efsVolumeConfiguration.authorizationConfig.iam': efs,
  'volumes[].s3filesVolumeConfiguration.fileSystemArn': s3files,
  'volumes[].s3filesVolumeConfiguration.rootDirectory': s3files,
  'volumes[].s3filesVolumeConfiguration.transitEncryptionPort': s3files,
  'volumes[].s3filesVolumeConfiguration.accessPointArn': s3files,
  'volumes[].fsxWindowsFileServerVolumeConfiguration.fileSystemId': fsx,
  'volumes[].fsxWindowsFileServerVolumeConfiguration.rootDirectory': fsx,
  'volumes[].fsxWindowsFileServerVolumeConfiguration.authorizationConfig.credentialsParameter': fsx,
  'volumes[].fsxWindowsFileServerVolumeConfiguration.authorizationConfig.domain': fsx,
  'volumes[].configuredAtLaunch': volume({ configuredAtLaunch: true }),
};

const overridden = (members: Partial<ContainerOverride>): TaskOverride => ({
  containerOverrides: [{ name: 'web', ...members }],
});
const overriddenFile = {
  ...overridden({ environmentFiles: [{ type: 's3', value: 'arn:aws:s3:::bucket/a.env' }] }),
  executionRoleArn: ROLE,
};
const overriddenMps = overridden({ resourceRequirements: mps.containerDefinitions![0]!.resourceRequirements! });
const overriddenGpus = overridden({ resourceRequirements: gpus.containerDefinitions![0]!.resourceRequirements! });
const overriddenAccelerators: TaskOverride = {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the sample of a member that is refused
  inferenceAcceleratorOverrides: [{ deviceName: 'a', deviceType: 'eia1.medium' }],
};

/** For each member of a task's overrides a value of the overrides. */
export const OVERRIDE_SAMPLES: Readonly<Record<OverridePath, TaskOverride>> = {
  'overrides.containerOverrides[].name': overridden({ command: ['a'] }),
  'overrides.containerOverrides[].command[]': overridden({ command: ['a'] }),
  'overrides.containerOverrides[].environment[].name': overridden({ environment: [{ name: 'A', value: 'b' }] }),
  'overrides.containerOverrides[].environment[].value': overridden({ environment: [{ name: 'A', value: 'b' }] }),
  'overrides.containerOverrides[].environmentFiles[].value': overriddenFile,
  'overrides.containerOverrides[].environmentFiles[].type': overriddenFile,
  'overrides.containerOverrides[].cpu': overridden({ cpu: 10 }),
  'overrides.containerOverrides[].memory': overridden({ memory: 64 }),
  'overrides.containerOverrides[].memoryReservation': overridden({ memoryReservation: 64 }),
  'overrides.containerOverrides[].resourceRequirements[].type': overriddenGpus,
  'overrides.containerOverrides[].resourceRequirements[].value': overriddenGpus,
  'overrides.containerOverrides[].resourceRequirements[].sharingStrategy.nvidiaMps.memory': overriddenMps,
  'overrides.containerOverrides[].resourceRequirements[].sharingStrategy.nvidiaMps.maxComputePercent': overriddenMps,
  'overrides.cpu': { cpu: '512' },
  'overrides.memory': { memory: '1024' },
  'overrides.inferenceAcceleratorOverrides[].deviceName': overriddenAccelerators,
  'overrides.inferenceAcceleratorOverrides[].deviceType': overriddenAccelerators,
  'overrides.executionRoleArn': { executionRoleArn: ROLE },
  'overrides.taskRoleArn': { taskRoleArn: ROLE },
  'overrides.ephemeralStorage.sizeInGiB': { ephemeralStorage: { sizeInGiB: 30 } },
};
