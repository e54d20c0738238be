/** The setting LONGSHORE_TASK_GUARDS. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSettings } from '../../../tools/settings.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'longshore-task-guards-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const guards = (env: Readonly<Record<string, string>>) => readSettings(env).taskGuards;
const ofFile = (content: string) => {
  const file = join(folder, 'guards.yaml');
  writeFileSync(file, content);
  return guards({ LONGSHORE_TASK_GUARDS: file });
};

describe('without a file', () => {
  it.each<[Readonly<Record<string, string>>, object]>([
    [{}, { default: 'all', clusters: {} }],
    [{ LONGSHORE_HOST: '0.0.0.0' }, { default: {}, clusters: {} }],
    [
      { LONGSHORE_HOST: '0.0.0.0', LONGSHORE_TASK_GUARDS: 'off' },
      { default: 'all', clusters: {} },
    ],
    [{ LONGSHORE_TASK_GUARDS: 'on' }, { default: {}, clusters: {} }],
  ])('%j', (env, expected) => {
    expect(guards(env)).toEqual(expected);
  });
});

describe('a file', () => {
  it('says what each cluster allows', () => {
    const content = `
default:
  capabilities: [NET_ADMIN]
clusters:
  build: { privileged: true, hostNamespaces: [network], hostPaths: [/srv/data], devices: [/dev/fuse] }
  lab: all
`;
    expect(ofFile(content)).toEqual({
      default: { capabilities: ['NET_ADMIN'] },
      clusters: {
        build: { privileged: true, hostNamespaces: ['network'], hostPaths: ['/srv/data'], devices: ['/dev/fuse'] },
        lab: 'all',
      },
    });
    expect(ofFile('{"clusters": {"lab": "all"}}')).toEqual({ default: {}, clusters: { lab: 'all' } });
    expect(ofFile('')).toEqual({ default: {}, clusters: {} });
  });

  it.each<[string, RegExp]>([
    ['clusters: { lab: { privilege: true } }', /mistake at clusters\.lab: .*privilege/],
    ['clusters: { lab: { hostPaths: [srv] } }', /mistake at clusters\.lab\.hostPaths\.0: must be an absolute path/],
    ['default: { capabilities: [CAP_KILL] }', /mistake at default\.capabilities\.0: must be a capability/],
    ['clusters: { lab: most }', /mistake at clusters\.lab: must be all, or say what tasks may do/],
    ['default: { limits: { pids: 0 } }', /mistake at default\.limits\.pids: .*>=1/],
    ['cluster: {}', /mistake at its top: .*cluster/],
    ['- a', /mistake at its top/],
    ['a: [', /must name a file of YAML or JSON that can be read/],
  ])('%s is refused with the place', (content, message) => {
    expect(() => ofFile(content)).toThrow(message);
  });
});
