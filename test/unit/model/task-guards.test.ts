/** What a task may do to its host. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  allowedIn,
  forbiddenParts,
  hostPathOf,
  isAllowedPath,
  plainPath,
  UNGUARDED,
} from '../../../model/task-guards.ts';
import type { TaskAllowance } from '../../../model/task-guards.ts';
import type { Definition } from '../../../api/ecs/rules/task-definition/definition.ts';
import { definition, of } from '../api/ecs/task-definition/builders.ts';

const mount = (sourcePath: string): Definition => definition({ volumes: [{ name: 'v', host: { sourcePath } }] });
const bound = (device: string): Definition =>
  definition({
    volumes: [{ name: 'v', dockerVolumeConfiguration: { driverOpts: { type: 'none', o: 'bind', device } } }],
  });
const add = (...capabilities: string[]): Definition => of({ linuxParameters: { capabilities: { add: capabilities } } });
const device = (hostPath: string): Definition => of({ linuxParameters: { devices: [{ hostPath }] } });

describe('forbiddenParts', () => {
  it.each<[Definition, string, TaskAllowance]>([
    [of({ privileged: true }), 'containerDefinitions[web].privileged', { privileged: true }],
    [definition({ networkMode: 'host' }), 'networkMode=host', { hostNamespaces: ['network'] }],
    [definition({ pidMode: 'host' }), 'pidMode=host', { hostNamespaces: ['pid'] }],
    [definition({ ipcMode: 'host' }), 'ipcMode=host', { hostNamespaces: ['ipc'] }],
    [
      add('NET_ADMIN'),
      'containerDefinitions[web].linuxParameters.capabilities.add=NET_ADMIN',
      { capabilities: ['NET_ADMIN'] },
    ],
    [add('ALL'), 'containerDefinitions[web].linuxParameters.capabilities.add=ALL', { capabilities: ['ALL'] }],
    [mount('/srv/data/a'), 'volumes[v].host.sourcePath=/srv/data/a', { hostPaths: ['/srv/data'] }],
    [
      definition({ volumes: [{ name: 'ecs-other', dockerVolumeConfiguration: { scope: 'shared' } }] }),
      "volumes[ecs-other], whose name is of another task's volume",
      { volumes: ['ecs-other'] },
    ],
    [bound('/srv/data'), 'volumes[v].dockerVolumeConfiguration.driverOpts=/srv/data', { hostPaths: ['/srv/data/'] }],
    [device('/dev/fuse'), 'containerDefinitions[web].linuxParameters.devices=/dev/fuse', { devices: ['/dev/fuse'] }],
    [
      device('/dev/dri/card0'),
      'containerDefinitions[web].linuxParameters.devices=/dev/dri/card0',
      { devices: ['/dev/dri/'] },
    ],
    [
      of({ dockerSecurityOptions: ['label:disable'] }),
      'containerDefinitions[web].dockerSecurityOptions=label:disable',
      { securityOptions: true },
    ],
    [
      of({ dockerLabels: { 'com.amazonaws.ecs.task-arn': 'a' } }),
      'containerDefinitions[web].dockerLabels.com.amazonaws.ecs.task-arn',
      { reservedLabels: true },
    ],
    [
      of({ dockerLabels: { 'longshore.role': 'a' } }),
      'containerDefinitions[web].dockerLabels.longshore.role',
      { reservedLabels: true },
    ],
  ])('%j is %s unless it is allowed', (given, part, allowance) => {
    expect(forbiddenParts(given, {})).toEqual([part]);
    expect(forbiddenParts(given, allowance)).toEqual([]);
    expect(forbiddenParts(given, 'all')).toEqual([]);
  });

  it.each<[string, Definition]>([
    ['a plain container', definition()],
    ['its own namespaces', definition({ networkMode: 'awsvpc', pidMode: 'task', ipcMode: 'none' })],
    ['volumes of the engine', definition({ volumes: [{ name: 'v' }, { name: 'w', dockerVolumeConfiguration: {} }] })],
    ['Docker’s own capabilities', add('CHOWN', 'NET_RAW')],
    ['less than Docker gives', of({ linuxParameters: { capabilities: { drop: ['ALL'] } } })],
    ['no new privileges', of({ dockerSecurityOptions: ['no-new-privileges'] })],
    ['labels of the user', of({ dockerLabels: { 'com.example.a': 'b' } })],
  ])('lets every task have %s', (_what, given) => {
    expect(forbiddenParts(given, {})).toEqual([]);
  });
});

it('no path goes up, whatever is allowed', () => {
  const all = { hostPaths: ['/'], engineSocket: true, devices: ['/dev/'] };
  for (const given of [mount('/srv/a/../b'), bound('/srv/a/../b'), device('/dev/a/../b')]) {
    expect(forbiddenParts(given, all)).toHaveLength(1);
  }
});

describe('volumes of the engine’s own driver', () => {
  it.each<[Readonly<Record<string, string>>, string | undefined]>([
    [{}, undefined],
    [{ size: '1g' }, undefined],
    [{ type: 'tmpfs', device: 'tmpfs', o: 'size=1m' }, undefined],
    [{ type: 'nfs', device: ':/export', o: 'addr=10.0.0.1,rw' }, undefined],
    [{ type: 'cifs', device: '//server/share', o: 'username=a' }, undefined],
    [{ type: 'none', device: '/srv/data', o: 'bind' }, '/srv/data'],
    [{ type: 'nfs', device: '/etc', o: 'addr=10.0.0.1, rbind' }, '/etc'],
    [{ type: 'none', device: 'etc', o: 'bind' }, '/'],
    [{ type: 'ext4', device: '/dev/sda1' }, '/'],
    [{ type: 'overlay', device: '/srv/data', o: 'lowerdir=/,upperdir=/srv/a,workdir=/srv/b' }, '/'],
    [{ type: 'proc', device: 'proc' }, '/'],
    [{ device: '/srv/data' }, '/'],
  ])('%j leads to %s', (driverOpts, path) => {
    expect(hostPathOf({ name: 'v', dockerVolumeConfiguration: { driverOpts } })).toBe(path);
    expect(hostPathOf({ name: 'v', dockerVolumeConfiguration: { driver: 'local', driverOpts } })).toBe(path);
    expect(hostPathOf({ name: 'v', dockerVolumeConfiguration: { driver: '', driverOpts } })).toBe(path);
  });
});

describe('host paths', () => {
  const allowed = { hostPaths: ['/srv/data', '/var', '/run/docker.sock'] };

  it.each(['/srv/data', '/srv/data/', '/srv//data/./a', '/srv/data/a/../b', '/var/log'])('%s is allowed', (path) => {
    expect(isAllowedPath(path, allowed)).toBe(true);
  });

  it.each(['/srv', '/', '/srv/database', '/srv/data/../secret', '/srv/data/../../etc'])('%s is not', (path) => {
    expect(isAllowedPath(path, allowed)).toBe(false);
  });

  it.each(['/run/docker.sock', '/var/run/docker.sock', '/var', '/var/run', '/var/lib/docker/volumes'])(
    '%s leads to the engine, which must be allowed too',
    (path) => {
      expect(isAllowedPath(path, allowed)).toBe(false);
      expect(isAllowedPath(path, { ...allowed, engineSocket: true })).toBe(true);
    },
  );

  it('also knows this host’s own engine', () => {
    expect(isAllowedPath('/var/engine', allowed)).toBe(true);
    expect(isAllowedPath('/var/engine', allowed, ['/var/engine/docker.sock'])).toBe(false);
  });

  it('no way of writing a path leads out of what is allowed', () => {
    const part = fc.constantFrom('..', '.', '', 'srv', 'data', 'a');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const path = `/${parts.join('/')}`;
        // Node's own URL parser resolves dots in the same way.
        const reference = new URL(`file://${path.replaceAll(/\/+/g, '/')}`).pathname.replace(/(.)\/$/, '$1');
        expect(plainPath(path)).toBe(reference);
        const within = reference === '/srv/data' || reference.startsWith('/srv/data/');
        expect(isAllowedPath(path, { hostPaths: ['/srv/data'] })).toBe(within);
      }),
    );
  });
});

it('a cluster has its own guards, and the others the default', () => {
  const guards = { default: {}, clusters: { lab: 'all' as const, build: { privileged: true } } };
  expect(['lab', 'build', 'web', 'constructor', '__proto__'].map((name) => allowedIn(guards, name))).toEqual([
    'all',
    { privileged: true },
    {},
    {},
    {},
  ]);
  expect(allowedIn(UNGUARDED, 'web')).toBe('all');
});
