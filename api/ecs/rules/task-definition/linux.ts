/** Checks what a container asks of the Linux kernel: capabilities, mounts in memory, devices, kernel parameters, security. */
import { CAPABILITIES } from '../../../../model/capabilities.ts';
import type { ContainerRule, Definition } from './definition.ts';
import { duplicates, eachContainer, nameOf, outside } from './definition.ts';

const TMPFS_OPTIONS: ReadonlySet<string> = new Set(
  `defaults ro rw suid nosuid dev nodev exec noexec sync async dirsync remount mand nomand atime noatime diratime nodiratime
  bind rbind unbindable runbindable private rprivate shared rshared slave rslave relatime norelatime strictatime
  nostrictatime mode uid gid nr_inodes nr_blocks mpol`.split(/\s+/),
);
/** These need a value, and the others have none. */
const OPTION_VALUES: Readonly<Record<string, RegExp>> = {
  mode: /^[0-7]{1,5}$/,
  uid: /^\d{1,10}$/,
  gid: /^\d{1,10}$/,
  nr_inodes: /^\d{1,18}[kmg]?$/i,
  nr_blocks: /^\d{1,18}[kmg]?$/i,
  mpol: /^[a-z0-9=:,+-]+$/i,
};
/** They would change how a mount that exists is shared. The engine refuses them for a tmpfs. */
const OF_OTHER_MOUNTS: ReadonlySet<string> = new Set(
  'remount bind rbind unbindable runbindable private rprivate shared rshared slave rslave'.split(' '),
);

const linuxParameters: ContainerRule = function* (container) {
  const linux = container.linuxParameters;
  if (linux === undefined) return;
  const of = `of the linuxParameters of container '${nameOf(container)}'`;
  if ((linux.maxSwap ?? 0) < 0) yield `The maxSwap ${of} must be 0 or greater.`;
  if ((linux.sharedMemorySize ?? 1) < 1) yield `The sharedMemorySize ${of} must be greater than 0.`;
  yield* outside(`The swappiness ${of}`, linux.swappiness, [0, 100]);
  for (const [part, names = []] of [
    ['add', linux.capabilities?.add] as const,
    ['drop', linux.capabilities?.drop] as const,
  ]) {
    for (const name of names) {
      if (!CAPABILITIES.has(name)) yield `'${name}' in capabilities.${part} ${of} is not the name of a capability.`;
    }
  }
  for (const { size = 0, containerPath = '', mountOptions = [] } of linux.tmpfs ?? []) {
    if (size <= 0) {
      yield 'The container has an invalid tmpfs size value specified. It must be a non-zero, non-negative integer.';
    }
    if (!containerPath.startsWith('/')) yield `The containerPath of a tmpfs ${of} must be an absolute path.`;
    for (const option of mountOptions)
      if (!isTmpfsOption(option)) yield `The mount option '${option}' of a tmpfs ${of} is invalid.`;
  }
  for (const path of duplicates((linux.tmpfs ?? []).map(({ containerPath = '' }) => containerPath))) {
    yield `Two tmpfs ${of} have the containerPath '${path}'.`;
  }
  for (const { hostPath = '', containerPath = '/' } of linux.devices ?? []) {
    if (!hostPath.startsWith('/')) yield `The hostPath of a device ${of} must be an absolute path.`;
    if (!containerPath.startsWith('/')) yield `The containerPath of a device ${of} must be an absolute path.`;
  }
};

function isTmpfsOption(text: string): boolean {
  const [, name = '', value] = /^([^=]*)(?:=(.*))?$/s.exec(text) ?? [];
  if (!TMPFS_OPTIONS.has(name) || OF_OTHER_MOUNTS.has(name)) return false;
  const values = OPTION_VALUES[name];
  return values === undefined ? value === undefined : value !== undefined && values.test(value);
}

export const linuxParametersRule = eachContainer(linuxParameters);

/** The kernel parameters of an IPC namespace that Docker sets. Those of the network begin with `net.`. */
const IPC_PARAMETER =
  /^(kernel\.(msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced)|fs\.mqueue\.[a-z0-9_]+)$/;
const NETWORK_PARAMETER = /^net\.[A-Za-z0-9_./-]+$/;

const systemControls: ContainerRule = function* (container, definition) {
  const controls = container.systemControls ?? [];
  for (const { namespace = '', value = '' } of controls) {
    const network = NETWORK_PARAMETER.test(namespace);
    if (!network && !IPC_PARAMETER.test(namespace)) {
      yield `The 'systemControls' namespace ${namespace} is not a namespaced kernel parameter: it must start with the net. or fs.mqueue. prefix, or be one of kernel.msgmax, msgmnb, msgmni, sem, shmall, shmmax, shmmni and shm_rmid_forced.`;
    }
    if (value === '') yield `The 'systemControls' namespace ${namespace} needs a value.`;
    yield* sharedWithHost(namespace, network, definition);
  }
  for (const name of duplicates(controls.map(({ namespace = '' }) => namespace))) {
    yield `The 'systemControls' namespace ${name} appears twice in container '${nameOf(container)}'.`;
  }
};

/** In a namespace of the host's own, a parameter would change the whole host. */
function* sharedWithHost(namespace: string, network: boolean, { networkMode, ipcMode }: Definition): Iterable<string> {
  if (network && networkMode === 'host') {
    yield `The 'systemControls' namespace ${namespace} is not supported when networkMode=host.`;
  }
  if (!network && ipcMode === 'host') {
    yield `The 'systemControls' namespace ${namespace} is not supported when ipcMode=host.`;
  }
}

export const systemControlsRule = eachContainer(systemControls);

/** As the API's reference lists them. The others that Docker knows, such as seccomp profiles, ECS refuses too. */
const SECURITY_OPTION = /^(no-new-privileges(:(true|false))?|apparmor:[^\s:]+|label:[^\s]+)$/;

const securityOptions: ContainerRule = function* (container) {
  for (const option of container.dockerSecurityOptions ?? []) {
    if (option.startsWith('credentialspec:')) {
      yield `dockerSecurityOptions of container '${nameOf(container)}': credential specs are for Windows domains, which Longshore has no hosts for.`;
    } else if (!SECURITY_OPTION.test(option)) {
      yield `The dockerSecurityOptions of container '${nameOf(container)}' have the invalid value '${option}'. Valid are no-new-privileges, apparmor:PROFILE and label:VALUE.`;
    }
  }
};

export const securityOptionsRule = eachContainer(securityOptions);
