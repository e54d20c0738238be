/** What no engine could carry out is refused at registration, and what ECS takes is not. */
import type { ContainerDefinition, LinuxParameters } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import type { Definition } from '../../../../../api/ecs/rules/task-definition/definition.ts';
import { checkDefinition } from '../../../../../api/ecs/rules/task-definition/index.ts';
import { container, definition, fargate, of } from './builders.ts';

const linux = (linuxParameters: LinuxParameters): Definition => of({ linuxParameters });
const tmpfs = (...mountOptions: string[]): Definition =>
  linux({ tmpfs: [{ containerPath: '/t', size: 8, mountOptions }] });
const sysctl = (namespace: string, task: Partial<Definition> = {}, value = '1'): Definition =>
  of({ systemControls: [{ namespace, value }] }, task);
const security = (...dockerSecurityOptions: string[]): Definition => of({ dockerSecurityOptions });
const ulimit = (softLimit: number, hardLimit: number): Definition =>
  of({ ulimits: [{ name: 'nofile', softLimit, hardLimit }] });
const host = (hostname: string, ipAddress: string): Definition => of({ extraHosts: [{ hostname, ipAddress }] });
const ports = (...portMappings: NonNullable<ContainerDefinition['portMappings']>): Definition => of({ portMappings });

const AWSLOGS = { 'awslogs-group': 'g', 'awslogs-region': 'us-east-1' };
const awslogs = (options: Readonly<Record<string, string>>): Partial<ContainerDefinition> => ({
  logConfiguration: { logDriver: 'awslogs', options: { ...AWSLOGS, ...options } },
});
const ROLE = { executionRoleArn: 'arn:aws:iam::123456789012:role/r' };
const PREFIX = { 'awslogs-stream-prefix': 'p' };

describe('accepted', () => {
  it.each<[string, Definition]>([
    ['capabilities', linux({ capabilities: { add: ['ALL'], drop: ['NET_RAW', 'SYSLOG'] } })],
    ['plain mount options', tmpfs('rw', 'noexec', 'nosuid', 'relatime')],
    ['mount options with values', tmpfs('mode=01777', 'uid=1000', 'gid=1000', 'nr_inodes=10k', 'mpol=bind:0-3')],
    ['parameters of the network', sysctl('net.ipv4.tcp_keepalive_time')],
    ['parameters of one interface', sysctl('net.ipv6.conf.eth0/1.disable_ipv6')],
    ['parameters of IPC', sysctl('kernel.shm_rmid_forced')],
    ['message queues', sysctl('fs.mqueue.msg_max')],
    ['parameters of the network in awsvpc', sysctl('net.core.somaxconn', { networkMode: 'awsvpc' })],
    ['parameters of IPC in host mode', sysctl('kernel.msgmax', { networkMode: 'host' })],
    ['security options', security('no-new-privileges', 'apparmor:docker-default', 'label:type:svirt_t')],
    ['no limit', ulimit(-1, -1)],
    ['a limit below none', ulimit(1024, -1)],
    ['addresses', of({ dnsServers: ['10.0.0.2', 'fd00::1'], dnsSearchDomains: ['example.com', '.'] })],
    ['a host', host('db_1.internal', '10.0.0.3')],
    ['a host with an IPv6 address', host('db', 'fd00::3')],
    ['the host itself', host('host.docker.internal', 'host-gateway')],
    ['users', of({ user: 'app:1000' })],
    ['a large uid', of({ user: '2147483647' })],
    ['ranges of ports', ports({ containerPortRange: '8000-8010' }, { containerPort: 8011 })],
    [
      'one range for two protocols',
      ports({ containerPortRange: '80-90' }, { containerPortRange: '80-90', protocol: 'udp' }),
    ],
    ['a range in awsvpc', of({ portMappings: [{ containerPortRange: '80-90' }] }, { networkMode: 'awsvpc' })],
    ['awslogs', of(awslogs({ 'awslogs-create-group': 'true', mode: 'non-blocking', 'max-buffer-size': '25m' }))],
    ['awslogs on FARGATE', fargate(awslogs(PREFIX), ROLE)],
  ])('%s', (_what, sound) => {
    expect(() => checkDefinition(sound)).not.toThrow();
  });
});

describe('refused', () => {
  it.each<[string, Definition, string | RegExp]>([
    [
      'an unknown capability',
      linux({ capabilities: { add: ['NET_ADMN'] } }),
      /^'NET_ADMN' in capabilities\.add .* is not the name of a capability/,
    ],
    ['the kernel’s name of a capability', linux({ capabilities: { drop: ['CAP_KILL'] } }), /capabilities\.drop/],
    ['an unknown mount option', tmpfs('noexce'), /mount option 'noexce' of a tmpfs/],
    ['an option that needs a value', tmpfs('mode'), /mount option 'mode'/],
    ['a bad value', tmpfs('mode=9999'), /mount option 'mode=9999'/],
    ['a second size', tmpfs('size=1g'), /mount option 'size=1g'/],
    ['two options in one', tmpfs('rw,size=1g'), /mount option/],
    ['an option of other mounts', tmpfs('rshared'), /mount option 'rshared'/],
    [
      'two tmpfs at one place',
      linux({
        tmpfs: [
          { containerPath: '/t', size: 1 },
          { containerPath: '/t', size: 2 },
        ],
      }),
      /Two tmpfs .* '\/t'/,
    ],
    [
      'a relative device',
      linux({ devices: [{ hostPath: '/dev/a', containerPath: 'a' }] }),
      /containerPath of a device/,
    ],
    [
      'a parameter of the host',
      sysctl('kernel.panic'),
      /^The 'systemControls' namespace kernel.panic .* must start with/,
    ],
    ['a parameter of memory', sysctl('vm.max_map_count'), /vm.max_map_count is not a namespaced kernel parameter/],
    ['a prefix alone', sysctl('net'), /namespace net is not/],
    ['no value', sysctl('net.core.somaxconn', {}, ''), /needs a value/],
    [
      'a network parameter of the host',
      sysctl('net.core.somaxconn', { networkMode: 'host' }),
      /not supported when networkMode=host/,
    ],
    ['an IPC parameter of the host', sysctl('kernel.msgmax', { ipcMode: 'host' }), /not supported when ipcMode=host/],
    [
      'a parameter twice',
      of({ systemControls: [0, 1].map((value) => ({ namespace: 'net.core.somaxconn', value: `${value}` })) }),
      /appears twice/,
    ],
    ['an unknown security option', security('no-new-privilege'), /invalid value 'no-new-privilege'/],
    ['a seccomp profile', security('seccomp:unconfined'), /invalid value 'seccomp:unconfined'/],
    ['a credential spec', security('credentialspec:file://a'), /credential specs are for Windows/],
    ['the least integer as a limit', ulimit(-2_147_483_648, 1), /softLimit of ulimit 'nofile' .* is -2147483648/],
    ['a limit below -1', ulimit(-2, -2), /must be -1 or greater/],
    ['a bad DNS server', of({ dnsServers: ['10.0.0.256'] }), /DNS server '10.0.0.256'/],
    ['a short address', of({ dnsServers: ['10.1'] }), /DNS server '10.1'/],
    ['a bad search domain', of({ dnsSearchDomains: ['a b'] }), /search domain 'a b'/],
    ['a bad address', host('db', '1.2.3'), /ipAddress '1.2.3'/],
    ['a bad host', host('d b', '1.2.3.4'), /hostname 'd b' of extraHosts/],
    ['a bad hostname', of({ hostname: '-web' }), /hostname '-web'/],
    ['a bad user', of({ user: 'a b' }), /user 'a b'/],
    ['a uid that is too large', of({ user: '4294967296' }), /user '4294967296'/],
    [
      'a mount at a relative path',
      of({ mountPoints: [{ sourceVolume: 'v', containerPath: 'v' }] }, { volumes: [{ name: 'v' }] }),
      /containerPath 'v' of a mount point/,
    ],
    [
      'a mount with a second path in it',
      of({ mountPoints: [{ sourceVolume: 'v', containerPath: '/v:/w' }] }, { volumes: [{ name: 'v' }] }),
      /without a colon/,
    ],
    ['a host path with a colon', definition({ volumes: [{ name: 'v', host: { sourcePath: '/a:/b' } }] }), /colon/],
    ['a relative folder', of({ workingDirectory: 'srv' }), /workingDirectory/],
    [
      'ranges that overlap',
      ports({ containerPortRange: '8000-8010' }, { containerPortRange: '8010-8020' }),
      /8000-8010 and 8010-8020 .* overlap/,
    ],
    ['a port in a range', ports({ containerPortRange: '80-90' }, { containerPort: 85 }), /80-90 and 85 .* overlap/],
    [
      'ranges of two containers that meet in awsvpc',
      definition({
        networkMode: 'awsvpc',
        containerDefinitions: [
          container({ name: 'a', portMappings: [{ containerPortRange: '80-90' }] }),
          container({ name: 'b', portMappings: [{ containerPort: 85 }] }),
        ],
      }),
      /80-90 and 85 are mapped twice/,
    ],
    [
      '101 ranges',
      ports(...Array.from({ length: 101 }, (_, i) => ({ containerPortRange: `${10 * i + 1}-${10 * i + 2}` }))),
      /At most 100 port ranges/,
    ],
    [
      '51 exit codes',
      of({ restartPolicy: { enabled: true, ignoredExitCodes: Array.from({ length: 51 }, (_, i) => i) } }),
      /At most 50/,
    ],
    ['an unknown option', of(awslogs({ log_key: 'log' })), 'Log driver awslogs disallows options: log_key'],
    [
      'a group that is not to be created',
      of(awslogs({ 'awslogs-create-group': 'false' })),
      "Log driver awslogs option 'awslogs-create-group' should only be set to 'true', else omit option.",
    ],
    [
      'two forms of lines',
      of(awslogs({ 'awslogs-datetime-format': '%Y', 'awslogs-multiline-pattern': '^a' })),
      /only one of the options/,
    ],
    ['an unknown mode', of(awslogs({ mode: 'lossy' })), /must be blocking or non-blocking/],
    ['a bad buffer', of(awslogs({ 'max-buffer-size': 'much' })), /must be a size/],
    [
      'a buffer without a use',
      of(awslogs({ mode: 'blocking', 'max-buffer-size': '1m' })),
      /needs the mode non-blocking/,
    ],
    [
      'FARGATE without a prefix',
      fargate(awslogs({}), ROLE),
      'Log driver awslogs requires options: awslogs-stream-prefix',
    ],
    [
      'FARGATE without a role',
      fargate(awslogs(PREFIX)),
      'Fargate requires task definition to have execution role ARN to support log driver awslogs.',
    ],
  ])('%s', (_what, broken, message) => {
    expect(() => checkDefinition(broken)).toThrow(
      expect.objectContaining({
        code: 'ClientException',
        message: typeof message === 'string' ? message : (expect.stringMatching(message) as string),
      }) as Error,
    );
  });
});
