/** The operator's bounds in Docker's create options. */
import type { HostConfig } from 'dockerode';
import { describe, expect, it } from 'vitest';
import { defined } from '../../../model/defined.ts';
import { withLimits } from '../../../activities/host/runtime/container-limits.ts';

const MIB = 1024 * 1024;
const bounded = (given: HostConfig, limits: object) => withLimits({ HostConfig: given }, limits).HostConfig;

describe('withLimits', () => {
  it('changes nothing without limits', () => {
    const given = { LogConfig: { Type: 'json-file', Config: {} }, Ulimits: [] };
    expect(bounded(given, {})).toEqual(given);
    expect(bounded({}, { engineLogDriver: 'json-file' })).toEqual({});
  });

  it.each<[HostConfig['Ulimits'], object[]]>([
    [undefined, [{ Name: 'nofile', Soft: 100, Hard: 100 }]],
    [[{ Name: 'nofile', Soft: 10, Hard: 50 }], [{ Name: 'nofile', Soft: 10, Hard: 50 }]],
    [[{ Name: 'nofile', Soft: 10, Hard: 500 }], [{ Name: 'nofile', Soft: 10, Hard: 100 }]],
    [[{ Name: 'nofile', Soft: -1, Hard: -1 }], [{ Name: 'nofile', Soft: 100, Hard: 100 }]],
    [
      [{ Name: 'core', Soft: 0, Hard: 0 }],
      [
        { Name: 'core', Soft: 0, Hard: 0 },
        { Name: 'nofile', Soft: 100, Hard: 100 },
      ],
    ],
  ])('open files: %j', (given, expected) => {
    expect(bounded({ ...defined({ Ulimits: given }) }, { openFiles: 100 })).toMatchObject({ Ulimits: expected });
  });

  it.each<[string, HostConfig['LogConfig'], string, object | undefined]>([
    [
      'the engine’s driver',
      undefined,
      'json-file',
      { Type: 'json-file', Config: { 'max-file': '2', 'max-size': `${4 * MIB}` } },
    ],
    ['another driver of the engine', undefined, 'journald', undefined],
    [
      'a driver that writes elsewhere, whose lines the engine keeps too, on disk and in memory',
      { Type: 'syslog', Config: { tag: 'a', 'cache-max-size': '1t', 'max-buffer-size': '1g' } },
      'json-file',
      {
        Type: 'syslog',
        Config: {
          tag: 'a',
          'cache-max-file': '5',
          'cache-max-size': `${Math.floor((8 * MIB) / 5)}`,
          'max-buffer-size': `${8 * MIB}`,
        },
      },
    ],
    [
      'one file, which an engine that compresses would refuse',
      { Type: 'json-file', Config: { 'max-file': '1', 'max-size': '8m', 'max-buffer-size': '1m' } },
      'x',
      { Type: 'json-file', Config: { 'max-file': '2', 'max-size': `${4 * MIB}`, 'max-buffer-size': '1m' } },
    ],
    [
      'less than the bound',
      { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '2' } },
      'json-file',
      { Type: 'json-file', Config: { 'max-size': '1000000', 'max-file': '2' } },
    ],
    [
      'more than the bound, in all files together',
      { Type: 'json-file', Config: { 'max-size': '1g', 'max-file': '4', mode: 'blocking' } },
      'json-file',
      { Type: 'json-file', Config: { 'max-size': `${2 * MIB}`, 'max-file': '4', mode: 'blocking' } },
    ],
    [
      'no bound of its own',
      { Type: 'local', Config: {} },
      'x',
      { Type: 'local', Config: { 'max-file': '5', 'max-size': `${Math.floor((8 * MIB) / 5)}` } },
    ],
    [
      'more files than there is room for',
      { Type: 'json-file', Config: { 'max-size': '1k', 'max-file': '100000' } },
      'x',
      { Type: 'json-file', Config: { 'max-size': '1000', 'max-file': '512' } },
    ],
  ])('logs: %s', (_what, given, engineLogDriver, expected) => {
    expect(bounded({ ...defined({ LogConfig: given }) }, { logMiB: 8, engineLogDriver }).LogConfig).toEqual(expected);
  });

  it('processes', () => {
    expect(bounded({}, { pids: 10 })).toEqual({ PidsLimit: 10 });
  });
});
