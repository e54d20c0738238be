/** Turns Docker's descriptions of containers and events into the agent's. Pure. */
import type { ContainerInspectInfo } from 'dockerode';
import type { HealthStatus } from '../../../model/status.ts';
import type { NetworkBinding } from '../../../model/task.ts';
import { defined } from '../../../model/defined.ts';
import { hideLogOptions } from './hidden-values.ts';
import type { ObservedContainer, RuntimeEvent } from './types.ts';

/** A container from `GET /containers/{id}/json`. */
export function fromInspect(info: ContainerInspectInfo): ObservedContainer {
  const { State: state, NetworkSettings: network } = info;
  const status = state.Running
    ? 'running'
    : isTime(state.StartedAt) || state.Status === 'exited'
      ? 'exited'
      : 'created';
  const health = healthOf(state.Health?.Status);
  const address = addressOf(network.Networks);
  return {
    id: info.Id,
    name: info.Name.replace(/^\//, ''),
    labels: info.Config.Labels,
    status,
    oomKilled: state.OOMKilled,
    networkBindings: bindingsOf(network.Ports),
    ...(isTime(state.StartedAt) ? { startedAt: Date.parse(state.StartedAt) } : {}),
    ...(status === 'exited' && isTime(state.FinishedAt) ? { finishedAt: Date.parse(state.FinishedAt) } : {}),
    ...(status === 'exited' && isTime(state.StartedAt) ? { exitCode: state.ExitCode } : {}),
    ...(state.Error === '' ? {} : { error: hideLogOptions(state.Error, info) }),
    ...defined({ health, address }),
  };
}

/** Docker shows a time that does not exist as the year 1. */
const isTime = (text: string): boolean => text !== '' && !text.startsWith('0001-');

type Ports = ContainerInspectInfo['NetworkSettings']['Ports'];

/** An engine may choose different dynamic ports for [::] and 0.0.0.0. Callers use the IPv4 one. */
function preferIpv4<T extends { readonly HostIp: string }>(hosts: readonly T[]): readonly T[] {
  const ipv4 = hosts.filter((host) => !host.HostIp.includes(':'));
  return ipv4.length > 0 ? ipv4 : hosts;
}

/** One binding for each host port; IPv4 and IPv6 with the same port count as one. */
function bindingsOf(ports: Ports | null | undefined): NetworkBinding[] {
  const bindings = new Map<string, NetworkBinding>();
  for (const [key, hosts] of Object.entries((ports ?? {}) as Record<string, Ports[string] | null>)) {
    const [port, protocol] = key.split('/');
    for (const host of preferIpv4(hosts ?? [])) {
      const id = `${key}:${host.HostPort}`;
      if (bindings.has(id)) continue;
      bindings.set(id, {
        bindIP: host.HostIp,
        containerPort: Number(port),
        hostPort: Number(host.HostPort),
        protocol: protocol === 'udp' ? 'udp' : 'tcp',
      });
    }
  }
  return [...bindings.values()].sort(
    (a, b) => a.containerPort - b.containerPort || a.protocol.localeCompare(b.protocol) || a.hostPort - b.hostPort,
  );
}

function addressOf(
  networks: ContainerInspectInfo['NetworkSettings']['Networks'] | undefined,
): ObservedContainer['address'] {
  for (const network of Object.values(networks ?? {})) {
    if (network.IPAddress === '') continue;
    return {
      ipv4: network.IPAddress,
      mac: network.MacAddress,
      ...(network.GlobalIPv6Address === '' ? {} : { ipv6: network.GlobalIPv6Address }),
    };
  }
  return undefined;
}

/** Docker's word for a container's health; undefined if it has no check. */
export function healthOf(status: string | undefined): HealthStatus | undefined {
  switch (status) {
    case 'healthy':
      return 'HEALTHY';
    case 'unhealthy':
      return 'UNHEALTHY';
    case 'starting':
      return 'UNKNOWN';
    default:
      return undefined;
  }
}

/** One line of `GET /events`. */
export interface DockerEvent {
  readonly Type?: string;
  readonly Action?: string;
  readonly Actor?: { readonly ID?: string; readonly Attributes?: Readonly<Record<string, string>> };
}

const EVENT_KINDS: Readonly<Record<string, RuntimeEvent['kind']>> = {
  start: 'started',
  die: 'died',
  destroy: 'removed',
  oom: 'oom',
  health_status: 'health',
};

/** The container actions whose events the agent asks for. */
export const CONTAINER_EVENTS: readonly string[] = Object.keys(EVENT_KINDS);

/** The event as the agent sees it; undefined if it does not concern the agent. */
export function fromEvent(event: DockerEvent): RuntimeEvent | undefined {
  // `health_status: healthy` carries its value in the action's name.
  const [action = '', detail] = (event.Action ?? '').split(': ');
  const kind = EVENT_KINDS[action];
  const containerId = event.Actor?.ID;
  if (event.Type !== 'container' || kind === undefined || containerId === undefined) return undefined;
  const labels = event.Actor?.Attributes ?? {};
  const health = kind === 'health' ? healthOf(detail) : undefined;
  return {
    kind,
    containerId,
    labels,
    ...(kind === 'died' ? { exitCode: Number(labels['exitCode'] ?? 0) } : {}),
    ...defined({ health }),
  };
}
