/** Where and how a task's own limits are written. */
import { describe, expect, it } from 'vitest';
import { chooseLayout, limitFiles } from '../../../activities/host/limits/layout.ts';
import type { CgroupLayout, LimitFacts } from '../../../activities/host/limits/layout.ts';

const ONE = [
  '33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct',
  '35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory',
  '22 1 8:1 / / rw - ext4 /dev/sda rw',
].join('\n');
const TWO = '30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate';
const one: CgroupLayout = {
  version: '1',
  cpu: '/sys/fs/cgroup/cpu,cpuacct',
  memory: '/sys/fs/cgroup/memory',
  all: ['/sys/fs/cgroup/cpu,cpuacct', '/sys/fs/cgroup/memory'],
};
const two: CgroupLayout = { version: '2', cpu: '/sys/fs/cgroup', memory: '/sys/fs/cgroup', all: ['/sys/fs/cgroup'] };
const facts = (more: Partial<LimitFacts> = {}): LimitFacts => ({
  isLocalSocket: true,
  isRoot: true,
  isRootless: false,
  driver: 'cgroupfs',
  version: '1',
  sameMachine: true,
  mountInfo: ONE,
  ...more,
});

describe('chooseLayout', () => {
  it.each<[string, Partial<LimitFacts>, CgroupLayout | RegExp]>([
    ['version 1', {}, one],
    ['version 2', { version: '2', mountInfo: TWO }, two],
    ['an engine over TCP', { isLocalSocket: false }, /local socket/],
    ['a rootless engine', { isRootless: true }, /rootless/],
    ['an agent without rights', { isRoot: false }, /root/],
    ['a virtual machine', { sameMachine: false }, /another machine/],
    ['the systemd driver', { driver: 'systemd' }, /systemd/],
    ['the other version', { version: '2' }, /version 2/],
    ['nothing mounted', { mountInfo: '' }, /version 1/],
  ])('%s', (_what, given, expected) => {
    const chosen = chooseLayout(facts(given));
    if (expected instanceof RegExp) expect(chosen).toMatch(expected);
    else expect(chosen).toEqual(expected);
  });
});

describe('limitFiles', () => {
  it.each([
    ['1, both', one, { cpu: 512, memoryMiB: 64 }, ['cpu.cfs_quota_us=50000', 'memory.limit_in_bytes=67108864']],
    ['2, both', two, { cpu: 512, memoryMiB: 64 }, ['cpu.max=50000 100000', 'memory.max=67108864']],
    ['cpu below the kernel’s least', two, { cpu: 1 }, ['cpu.max=1000 100000']],
    ['memory alone', one, { memoryMiB: 1 }, ['memory.limit_in_bytes=1048576']],
    ['nothing', one, {}, []],
  ])('%s', (_what, layout, limits, expected) => {
    expect(limitFiles(layout, limits).map((f) => `${f.file}=${f.value}`)).toEqual(expected);
  });
});
