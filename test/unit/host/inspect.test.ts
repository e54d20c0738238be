/** Docker's descriptions of containers and events, as the agent sees them. */
import type { ContainerInspectInfo } from 'dockerode';
import { describe, expect, it } from 'vitest';
import { registryOf, withTag } from '../../../activities/host/runtime/images.ts';
import { fromEvent, fromInspect } from '../../../activities/host/runtime/inspect.ts';

const NEVER = '0001-01-01T00:00:00Z';
const state = (more: object) => ({
  Status: 'running',
  Running: false,
  OOMKilled: false,
  ExitCode: 0,
  Error: '',
  StartedAt: NEVER,
  FinishedAt: NEVER,
  ...more,
});
const info = (State: object, NetworkSettings: object = { Ports: {}, Networks: {} }) =>
  ({
    Id: 'abc',
    Name: '/web',
    Config: { Labels: { a: 'b' } },
    State,
    NetworkSettings,
  }) as unknown as ContainerInspectInfo;
const AT = '2026-01-01T00:00:01.5Z';
const at = Date.parse(AT);

describe('fromInspect', () => {
  it.each<[string, object, object]>([
    ['created', state({ Status: 'created' }), { status: 'created' }],
    ['running', state({ Running: true, StartedAt: AT }), { status: 'running', startedAt: at }],
    [
      'exited',
      state({ Status: 'exited', ExitCode: 3, StartedAt: AT, FinishedAt: AT }),
      { status: 'exited', exitCode: 3, startedAt: at, finishedAt: at },
    ],
    [
      'out of memory',
      state({ Status: 'exited', OOMKilled: true, ExitCode: 137, StartedAt: AT }),
      { oomKilled: true, exitCode: 137 },
    ],
    ['healthy', state({ Running: true, StartedAt: AT, Health: { Status: 'healthy' } }), { health: 'HEALTHY' }],
    ['evaluating', state({ Running: true, StartedAt: AT, Health: { Status: 'starting' } }), { health: 'UNKNOWN' }],
    [
      'not startable',
      state({ Status: 'created', Error: 'no such file' }),
      { status: 'created', error: 'no such file' },
    ],
  ])('%s', (_what, given, expected) => {
    expect(fromInspect(info(given))).toMatchObject({ id: 'abc', name: 'web', labels: { a: 'b' }, ...expected });
  });

  it('gives no exit code to a container that never ran', () => {
    expect(fromInspect(info(state({ Status: 'created', ExitCode: 127 })))).not.toHaveProperty('exitCode');
  });

  it('merges a port’s IPv4 and IPv6 bindings, and skips unpublished ports', () => {
    const Ports = {
      '443/udp': null,
      '80/tcp': [
        { HostIp: '0.0.0.0', HostPort: '32768' },
        { HostIp: '::', HostPort: '32766' },
        { HostIp: '0.0.0.0', HostPort: '8080' },
      ],
    };
    expect(fromInspect(info(state({ Running: true }), { Ports, Networks: {} })).networkBindings).toEqual([
      { bindIP: '0.0.0.0', containerPort: 80, hostPort: 8080, protocol: 'tcp' },
      { bindIP: '0.0.0.0', containerPort: 80, hostPort: 32768, protocol: 'tcp' },
    ]);
  });

  it('shows the address on the container’s network', () => {
    const Networks = { longshore: { IPAddress: '172.18.0.2', MacAddress: '02:42:ac:12:00:02', GlobalIPv6Address: '' } };
    expect(fromInspect(info(state({ Running: true }), { Ports: {}, Networks })).address).toEqual({
      ipv4: '172.18.0.2',
      mac: '02:42:ac:12:00:02',
    });
  });
});

describe('fromEvent', () => {
  const event = (Action: string, Attributes: Record<string, string> = {}, Type = 'container') =>
    fromEvent({ Type, Action, Actor: { ID: 'abc', Attributes } });
  it.each<[string, ReturnType<typeof event>, object | undefined]>([
    ['start', event('start'), { kind: 'started' }],
    ['die', event('die', { exitCode: '137' }), { kind: 'died', exitCode: 137 }],
    ['destroy', event('destroy'), { kind: 'removed' }],
    ['health', event('health_status: unhealthy'), { kind: 'health', health: 'UNHEALTHY' }],
    ['exec', event('exec_create: sh'), undefined],
    ['an image', event('tag', {}, 'image'), undefined],
  ])('%s', (_what, seen, expected) => {
    if (expected === undefined) expect(seen).toBeUndefined();
    else expect(seen).toMatchObject(expected);
  });
});

describe('image names', () => {
  it.each([
    ['nginx', 'nginx:latest', 'docker.io'],
    ['nginx:1', 'nginx:1', 'docker.io'],
    ['team/app', 'team/app:latest', 'docker.io'],
    ['localhost:5000/app', 'localhost:5000/app:latest', 'localhost:5000'],
    ['reg.example/app@sha256:ab', 'reg.example/app@sha256:ab', 'reg.example'],
  ])('%s', (image, tagged, registry) => {
    expect(withTag(image)).toBe(tagged);
    expect(registryOf(image)).toBe(registry);
  });
});
