/** Docker's create options for a container of a task. */
import { describe, expect, it } from 'vitest';
import { toCreateOptions } from '../../../activities/host/runtime/create-options.ts';
import type { ContainerSpec } from '../../../activities/host/runtime/types.ts';

const spec = (more: Partial<ContainerSpec> = {}): ContainerSpec => ({
  name: 'ecs-web-1-app-0',
  container: { name: 'app', image: 'nginx' },
  labels: {},
  environment: {},
  network: { mode: 'bridge' },
  mounts: [],
  volumesFrom: [],
  links: [],
  ...more,
});
const MIB = 1024 * 1024;
const c = (container: ContainerSpec['container'], more: Partial<ContainerSpec> = {}) =>
  toCreateOptions(spec({ container: { image: 'nginx', ...container }, ...more }));

describe('toCreateOptions', () => {
  it('gives a plain container the fewest cpu shares and disables the image’s health check', () => {
    expect(toCreateOptions(spec())).toEqual({
      name: 'ecs-web-1-app-0',
      Image: 'nginx',
      Labels: { 'longshore.secret-log-options': '[]' },
      Env: [],
      Healthcheck: { Test: ['NONE'] },
      HostConfig: { NetworkMode: 'bridge', CpuShares: 2, PortBindings: {} },
    });
  });

  it.each<[string, ContainerSpec, object]>([
    [
      'memory is hard, the reservation soft',
      spec({ container: { memory: 128, memoryReservation: 64 } }),
      { Memory: 128 * MIB, MemoryReservation: 64 * MIB },
    ],
    ['memory below the engine’s minimum', spec({ container: { memory: 4 } }), { Memory: 6 * MIB }],
    [
      'the task’s memory caps the container’s',
      spec({ container: { memory: 512 }, taskMemoryMiB: 256 }),
      { Memory: 256 * MIB },
    ],
    ['the task’s memory replaces a missing limit', spec({ taskMemoryMiB: 256 }), { Memory: 256 * MIB }],
    [
      'the task’s cpu is a quota',
      spec({ container: { cpu: 100 }, taskCpu: 256 }),
      { CpuShares: 100, CpuPeriod: 100_000, CpuQuota: 25_000 },
    ],
    ['shares above the kernel’s', spec({ container: { cpu: 300_000 } }), { CpuShares: 262_144 }],
    [
      'maxSwap is only swap',
      spec({ container: { memory: 100, linuxParameters: { maxSwap: 50, swappiness: 10 } } }),
      { MemorySwap: 150 * MIB, MemorySwappiness: 10 },
    ],
    [
      'swappiness without maxSwap',
      spec({ container: { memory: 100, linuxParameters: { swappiness: 10 } } }),
      { Memory: 100 * MIB },
    ],
    ['GPUs', spec({ gpuIds: ['GPU-1'] }), { DeviceRequests: [{ DeviceIDs: ['GPU-1'], Capabilities: [['gpu']] }] }],
    ['a shared network', spec({ network: { mode: 'shared', containerId: 'abc' } }), { NetworkMode: 'container:abc' }],
    [
      'mounts',
      spec({
        mounts: [
          { source: '/a', containerPath: '/b', readOnly: true },
          { source: 'v', containerPath: '/c', readOnly: false },
        ],
      }),
      { Binds: ['/a:/b:ro', 'v:/c'] },
    ],
    ['volumesFrom', spec({ volumesFrom: [{ containerId: 'abc', readOnly: true }] }), { VolumesFrom: ['abc:ro'] }],
    ['links', spec({ links: [{ containerId: 'abc', alias: 'db' }] }), { Links: ['abc:db'] }],
    [
      'a log driver',
      spec({ container: { logConfiguration: { logDriver: 'syslog', options: { tag: 'x' } } } }),
      { LogConfig: { Type: 'syslog', Config: { tag: 'x', mode: 'non-blocking', 'max-buffer-size': '10m' } } },
    ],
    [
      'a log driver that may block its container',
      spec({
        container: {
          logConfiguration: { logDriver: 'json-file', options: { mode: 'blocking', 'max-buffer-size': '1m' } },
        },
      }),
      { LogConfig: { Type: 'json-file', Config: { mode: 'blocking' } } },
    ],
    [
      'a log driver of an account whose containers may be blocked',
      spec({ container: { logConfiguration: { logDriver: 'json-file' } }, logDriverMode: 'blocking' }),
      { LogConfig: { Type: 'json-file', Config: { mode: 'blocking' } } },
    ],
    [
      'a log driver with a mode of its own in such an account',
      spec({
        container: { logConfiguration: { logDriver: 'json-file', options: { mode: 'non-blocking' } } },
        logDriverMode: 'blocking',
      }),
      { LogConfig: { Type: 'json-file', Config: { mode: 'non-blocking', 'max-buffer-size': '10m' } } },
    ],
    [
      'a buffer of the user’s size',
      spec({ container: { logConfiguration: { logDriver: 'json-file', options: { 'max-buffer-size': '1m' } } } }),
      { LogConfig: { Type: 'json-file', Config: { mode: 'non-blocking', 'max-buffer-size': '1m' } } },
    ],
    [
      'maxSwap beside the engine’s least memory',
      spec({ container: { memory: 4, linuxParameters: { maxSwap: 0 } } }),
      { Memory: 6 * MIB, MemorySwap: 6 * MIB },
    ],
    [
      'devices',
      spec({ container: { linuxParameters: { devices: [{ hostPath: '/dev/fuse', permissions: ['read'] }] } } }),
      { Devices: [{ PathOnHost: '/dev/fuse', PathInContainer: '/dev/fuse', CgroupPermissions: 'r' }] },
    ],
    [
      'tmpfs',
      spec({ container: { linuxParameters: { tmpfs: [{ containerPath: '/t', size: 8, mountOptions: ['noexec'] }] } } }),
      { Tmpfs: { '/t': 'noexec,size=8m' } },
    ],
    [
      'capabilities',
      spec({ container: { linuxParameters: { capabilities: { add: ['SYS_PTRACE'], drop: ['ALL'] } } } }),
      { CapAdd: ['SYS_PTRACE'], CapDrop: ['ALL'] },
    ],
    [
      'system controls',
      spec({ container: { systemControls: [{ namespace: 'net.core.somaxconn', value: '9' }] } }),
      { Sysctls: { 'net.core.somaxconn': '9' } },
    ],
  ])('%s', (_what, given, expected) => {
    expect(toCreateOptions(given).HostConfig).toMatchObject(expected);
  });

  it('keeps maxSwap without a memory limit to add it to', () => {
    expect(() => c({ linuxParameters: { maxSwap: 50 } })).toThrow(/needs a hard memory limit/);
  });

  it('publishes one port for two protocols', () => {
    const portMappings = [
      { containerPort: 53, hostPort: 53, protocol: 'tcp' as const },
      { containerPort: 53, hostPort: 53, protocol: 'udp' as const },
    ];
    expect(c({ portMappings }).HostConfig!.PortBindings).toEqual({
      '53/tcp': [{ HostPort: '53' }],
      '53/udp': [{ HostPort: '53' }],
    });
  });

  it('publishes ports on the bridge only: static, dynamic, and one port twice', () => {
    const portMappings = [
      { containerPort: 80, hostPort: 8080 },
      { containerPort: 80, hostPort: 0 },
      { containerPort: 53, protocol: 'udp' as const },
    ];
    const options = c({ portMappings });
    expect(options.ExposedPorts).toEqual({ '80/tcp': {}, '53/udp': {} });
    expect(options.HostConfig!.PortBindings).toEqual({
      '80/tcp': [{ HostPort: '8080' }, { HostPort: '' }],
      '53/udp': [{ HostPort: '' }],
    });
    const shared = c({ portMappings }, { network: { mode: 'shared', containerId: 'abc' } });
    expect(shared).not.toHaveProperty('ExposedPorts');
    expect(shared.HostConfig).not.toHaveProperty('PortBindings');
  });

  it('leaves namespace settings to the container that owns the namespace', () => {
    const options = c(
      {
        hostname: 'box',
        dnsServers: ['10.0.0.1'],
        extraHosts: [{ hostname: 'a', ipAddress: '10.0.0.2' }],
        systemControls: [{ namespace: 'net.core.somaxconn', value: '9' }],
      },
      { network: { mode: 'shared', containerId: 'abc' } },
    );
    expect(options).not.toHaveProperty('Hostname');
    expect(options.HostConfig).toEqual({ NetworkMode: 'container:abc', CpuShares: 2 });
  });

  it('sends health checks in nanoseconds, with ECS’s defaults', () => {
    expect(c({ healthCheck: { command: ['CMD', 'true'] } }).Healthcheck).toEqual({
      Test: ['CMD', 'true'],
      Interval: 30e9,
      Timeout: 5e9,
      Retries: 3,
    });
    const healthCheck = { command: ['CMD-SHELL', 'x'], interval: 6, timeout: 2, retries: 1, startPeriod: 9 };
    expect(c({ healthCheck }).Healthcheck).toMatchObject({ Interval: 6e9, Timeout: 2e9, Retries: 1, StartPeriod: 9e9 });
  });

  it('lets the definition’s environment and Longshore’s labels win', () => {
    const options = c(
      { environment: [{ name: 'A', value: 'own' }], dockerLabels: { x: 'own', y: 'own' } },
      { environment: { A: 'added', B: 'added' }, labels: { x: 'longshore' } },
    );
    expect(options.Env).toEqual(['A=own', 'B=added']);
    expect(options.Labels).toMatchObject({ x: 'longshore', y: 'own' });
  });
});
