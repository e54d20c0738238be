/** What to do instead of each parameter that is refused, by the names of unsupported-parameters.ts. Callers and docs/task-definitions.md read it. */
const EFS_ADVICE =
  'mount the file system on the hosts, for example by NFS, and name the folder as host.sourcePath, or use a Docker volume with driver local and the driver options type=nfs, o and device';
const WINDOWS_ADVICE = 'Longshore runs Linux containers alone, and has no Windows hosts';

const ADVICE: Readonly<Record<string, string>> = {
  proxyConfiguration:
    'it configures App Mesh, which AWS ends; run the proxy, such as Envoy, as a container of the task and let the others use it by localhost',
  inferenceAccelerators: 'AWS has ended Elastic Inference; ask for GPUs with resourceRequirements of type GPU',
  inferenceAcceleratorOverrides: 'AWS has ended Elastic Inference; ask for GPUs with resourceRequirements of type GPU',
  'requiresCompatibilities MANAGED_INSTANCES':
    'there are no managed instances; use EC2 or FARGATE, which run on your own hosts',
  enableFaultInjection:
    'the endpoints that inject faults are not built; leave it out, or inject them from a container with NET_ADMIN',
  'runtimePlatform.operatingSystemFamily': `${WINDOWS_ADVICE}; use LINUX`,
  efsVolumeConfiguration: EFS_ADVICE,
  fsxWindowsFileServerVolumeConfiguration: `${WINDOWS_ADVICE}; mount the share on the hosts, for example by CIFS, and name the folder as host.sourcePath`,
  s3filesVolumeConfiguration:
    'mount the bucket on the hosts, for example with an S3 file system of your choice, and name the folder as host.sourcePath',
  configuredAtLaunch:
    'volumes that a call configures are not built; use a Docker volume (dockerVolumeConfiguration), or host.sourcePath for a disk of the host',
  firelensConfiguration:
    'log routers are not built; use the log driver fluentd, whose address may be that of a Fluent Bit of your own',
  'logConfiguration.logDriver=awsfirelens':
    'log routers are not built; use the log driver fluentd, whose address may be that of a Fluent Bit of your own',
  credentialSpecs: `${WINDOWS_ADVICE}, which credential specs are for`,
  resourceRequirements:
    'of its types, GPU works, and without a sharingStrategy; a host has neither Neuron devices nor Elastic Inference that Longshore could hand out',
};

/** What a caller can do instead of a refused parameter; undefined where nobody has advice. The path may have a prefix. */
export function adviceOn(path: string): string | undefined {
  const name = Object.keys(ADVICE).find((each) => path === each || path.endsWith(`.${each}`));
  return name === undefined ? undefined : ADVICE[name];
}

/** A sentence that refuses a parameter, with advice where there is some. */
export function refusalText(path: string): string {
  const advice = adviceOn(path);
  return advice === undefined
    ? `${path} is not supported by Longshore yet.`
    : `${path} is not supported by Longshore: ${advice}.`;
}
