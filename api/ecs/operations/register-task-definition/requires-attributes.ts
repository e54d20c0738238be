/** Tells which attributes a container instance must have for a definition, parameter by parameter. */
import type { Attribute, ContainerDefinition, Secret } from '@aws-sdk/client-ecs';
import type { Definition } from '../../rules/task-definition/definition.ts';
import { readValueFrom } from '../../../../model/secret-reference.ts';
import { containersOf, isEmpty } from '../../rules/task-definition/definition.ts';

const AGENT = 'com.amazonaws.ecs.capability.';
const CAPABILITY = 'ecs.capability.';
const remoteApi = (version: string): string => `${AGENT}docker-remote-api.${version}`;
const ECR_IMAGE = /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com/;

/** Every required capability once, in alphabetical order, then the attributes of the platform. */
export function requiredAttributes(definition: Definition): Attribute[] {
  const names = new Set([
    ...taskAttributes(definition),
    ...containersOf(definition).flatMap((container) => containerAttributes(container, definition)),
  ]);
  return [...[...names].sort().map((name) => ({ name })), ...platformAttributes(definition)];
}

/** An image for one architecture does not run on another. The attribute has the architecture's name in lower case. */
function platformAttributes({ runtimePlatform }: Definition): Attribute[] {
  const architecture = runtimePlatform?.cpuArchitecture;
  return architecture === undefined ? [] : [{ name: 'ecs.cpu-architecture', value: architecture.toLowerCase() }];
}

function taskAttributes(definition: Definition): readonly string[] {
  const { networkMode, taskRoleArn, cpu, memory, pidMode, ipcMode, volumes = [] } = definition;
  const drivers = volumes.flatMap(({ dockerVolumeConfiguration: docker }) => docker?.driver ?? []);
  return [
    ...(networkMode === 'awsvpc' ? [`${CAPABILITY}task-eni`] : []),
    ...(taskRoleArn ? [`${AGENT}task-iam-role${networkMode === 'host' ? '-network-host' : ''}`] : []),
    ...(cpu !== undefined || memory !== undefined ? [`${CAPABILITY}task-cpu-mem-limit`] : []),
    ...(pidMode !== undefined || ipcMode !== undefined ? [`${CAPABILITY}pid-ipc-namespace-sharing`] : []),
    ...drivers.filter((driver) => driver !== 'local').map((driver) => `${CAPABILITY}docker-plugin.${driver}`),
  ];
}

const hasPortRange = ({ portMappings = [] }: ContainerDefinition): boolean =>
  portMappings.some(({ containerPortRange }) => containerPortRange !== undefined);

function containerAttributes(container: ContainerDefinition, definition: Definition): readonly string[] {
  const { logConfiguration, healthCheck, linuxParameters, image = '' } = container;
  const driver = logConfiguration?.logDriver;
  const hasRole = Boolean(definition.executionRoleArn);
  const asked: readonly (readonly [boolean, readonly string[]])[] = [
    [driver !== undefined, [`${AGENT}logging-driver.${driver ?? ''}`, remoteApi('1.18')]],
    [container.privileged === true, [`${AGENT}privileged-container`]],
    [healthCheck !== undefined, [`${CAPABILITY}container-health-check`, remoteApi('1.24')]],
    [!isEmpty(container.dependsOn), [`${CAPABILITY}container-ordering`]],
    [container.restartPolicy?.enabled === true, [`${CAPABILITY}container-restart-policy`]],
    [Boolean(container.memoryReservation), [remoteApi('1.21')]],
    [!isEmpty(container.ulimits) || container.dockerLabels !== undefined, [remoteApi('1.18')]],
    [linuxParameters?.initProcessEnabled === true, [remoteApi('1.25')]],
    [container.repositoryCredentials !== undefined, [`${CAPABILITY}private-registry-authentication.secretsmanager`]],
    [!isEmpty(container.environmentFiles), [`${CAPABILITY}env-files.s3`]],
    [hasRole && driver === 'awslogs', [`${CAPABILITY}execution-role-awslogs`]],
    [hasPortRange(container), [`${CAPABILITY}container-port-range`]],
    [hasRole && ECR_IMAGE.test(image), [`${AGENT}ecr-auth`, `${CAPABILITY}execution-role-ecr-pull`]],
  ];
  return [
    ...asked.flatMap(([needed, names]) => (needed ? names : [])),
    ...secretAttributes(container.secrets, 'environment-variables'),
    ...secretAttributes(logConfiguration?.secretOptions, 'bootstrap.log-driver'),
  ];
}

/** `asm` is Secrets Manager. */
const secretAttributes = (secrets: readonly Secret[] = [], use: string): readonly string[] =>
  secrets.map(({ valueFrom = '' }) => {
    const read = readValueFrom(valueFrom);
    const store = typeof read !== 'string' && read.kind === 'secret' ? 'asm' : 'ssm';
    return `${CAPABILITY}secrets.${store}.${use}`;
  });
