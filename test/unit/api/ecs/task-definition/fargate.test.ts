/** The rules for Fargate definitions, and the compatibilities of definitions. */
import { describe, expect, it } from 'vitest';
import { compatibilitiesOf } from '../../../../../api/ecs/operations/register-task-definition/compatibilities.ts';
import type { Definition } from '../../../../../api/ecs/rules/task-definition/definition.ts';
import { fargateRule } from '../../../../../api/ecs/rules/task-definition/fargate.ts';
import { definition, fargate, of } from './builders.ts';

const messages = (broken: Definition): readonly string[] => [...fargateRule(broken)];
const size = (cpu: string, memory: string): Definition => fargate({}, { cpu, memory });
const NO_SIZE = 'No Fargate configuration exists for given values.';

describe('sizes', () => {
  it.each([
    ['256', '512'],
    ['256', '2048'],
    ['.25 vCPU', '1 GB'],
    ['512', '4096'],
    ['1024', '2048'],
    ['1 vCPU', '8GB'],
    ['2048', '16384'],
    ['4096', '30720'],
    ['8192', '20480'],
    ['16384', '122880'],
  ])('%s cpu accepts %s', (cpu, memory) => expect(messages(size(cpu, memory))).toEqual([]));

  it.each([
    ['256', '1536'],
    ['256', '4096'],
    ['512', '512'],
    ['512', '1536'],
    ['1024', '9216'],
    ['4096', '31744'],
    ['8192', '17408'],
    ['16384', '16384'],
    ['300', '512'],
  ])('%s cpu refuses %s', (cpu, memory) => expect(messages(size(cpu, memory))).toEqual([NO_SIZE]));

  it('are required', () => {
    expect(messages(fargate({}, { cpu: undefined }))[0]).toBe(
      "Fargate requires that 'cpu' be defined at the task level",
    );
    expect(messages(fargate({}, { memory: undefined }))[0]).toMatch(/'memory'/);
  });
});

describe('Fargate', () => {
  const cases: readonly (readonly [string, Definition, RegExp])[] = [
    ['bridge mode', fargate({}, { networkMode: 'bridge' }), /network mode/],
    ['privileged', fargate({ privileged: true }), /support privileged/],
    ['devices', fargate({ linuxParameters: { devices: [{ hostPath: '/dev/a' }] } }), /support devices/],
    ['capabilities', fargate({ linuxParameters: { capabilities: { add: ['SYS_ADMIN'] } } }), /other than SYS_PTRACE/],
    ['GPUs', fargate({ resourceRequirements: [{ type: 'GPU', value: '1' }] }), /resourceRequirements/],
    ['host paths', fargate({}, { volumes: [{ name: 'a', host: { sourcePath: '/a' } }] }), /sourcePath/],
    [
      'Docker volumes',
      fargate({}, { volumes: [{ name: 'a', dockerVolumeConfiguration: {} }] }),
      /dockerVolumeConfiguration/,
    ],
    [
      'the host’s processes',
      fargate({}, { pidMode: 'host' }),
      /pidMode 'host'. The supported value for pidMode is 'task'\./,
    ],
    ['ipcMode', fargate({}, { ipcMode: 'task' }), /ipcMode/],
    [
      'constraints',
      fargate({}, { placementConstraints: [{ type: 'memberOf', expression: 'a' }] }),
      /placementConstraints/,
    ],
    ['json-file', fargate({ logConfiguration: { logDriver: 'json-file' } }), /log driver json-file/],
    ['containers of more cpu than the task', fargate({ cpu: 257 }), /cpu together \(257\)/],
    ['a long stopTimeout', fargate({ stopTimeout: 121 }), /stopTimeout.*between 0 and 120/],
    ['a short startTimeout', fargate({ startTimeout: 1 }), /startTimeout.*between 2 and 120/],
  ];
  it.each(cases)('refuses %s', (_what, broken, message) => {
    expect(messages(broken)).toEqual([expect.stringMatching(message) as string]);
  });

  it('allows tmpfs', () => {
    expect(messages(fargate({ linuxParameters: { tmpfs: [{ containerPath: '/t', size: 8 }] } }))).toEqual([]);
  });

  it('allows SYS_PTRACE', () => {
    expect(messages(fargate({ linuxParameters: { capabilities: { add: ['SYS_PTRACE'] } } }))).toEqual([]);
  });
});

describe('compatibilities', () => {
  it.each([
    ['a plain definition', definition(), ['EXTERNAL', 'EC2']],
    ['an awsvpc one without sizes', definition({ networkMode: 'awsvpc' }), ['EC2']],
    ['one that qualifies, asked for or not', fargate({}, { requiresCompatibilities: undefined }), ['EC2', 'FARGATE']],
    ['a privileged one', of({ privileged: true }, { networkMode: 'awsvpc', cpu: '256', memory: '512' }), ['EC2']],
  ])('of %s', (_what, asked, expected) => expect(compatibilitiesOf(asked)).toEqual(expected));
});
