/** What the engine says of a container does not show its secrets. */
import type { ContainerInspectInfo } from 'dockerode';
import { describe, expect, it } from 'vitest';
import { toCreateOptions } from '../../../activities/host/runtime/create-options.ts';
import { hideLogOptions, hideValues, valuesOf } from '../../../activities/host/runtime/hidden-values.ts';
import type { ContainerSpec } from '../../../activities/host/runtime/types.ts';
import type { ContainerSecrets } from '../../../model/task-calls.ts';

const secrets: ContainerSecrets = {
  fileEnvironment: { A: 'from a file', B: 'from a file', C: 'from a file' },
  environment: { C: 'canary-c' },
  logOptions: { 'splunk-token': 'canary-token', tag: 'canary-tag' },
  registryAuth: { username: 'me', password: 'canary-password' },
};
const spec = (more: Partial<ContainerSpec> = {}): ContainerSpec => ({
  ...{ name: 'a', labels: { own: 'x' }, environment: { A: 'injected', Z: 'injected' } },
  ...{ network: { mode: 'bridge' }, mounts: [], volumesFrom: [], links: [] },
  container: {
    name: 'web',
    environment: [{ name: 'B', value: 'own' }],
    logConfiguration: { logDriver: 'splunk', options: { 'splunk-url': 'https://splunk' } },
  },
  ...more,
});

describe('a container', () => {
  const options = toCreateOptions(spec({ secrets }));

  it('gets secrets before variables of its own, these before files, and files before what is injected', () => {
    expect(options.Env?.toSorted()).toEqual(['A=from a file', 'B=own', 'C=canary-c', 'Z=injected']);
  });

  it('gets the options of its log driver, and no label with a value', () => {
    expect(options.HostConfig?.LogConfig).toMatchObject({
      Type: 'splunk',
      Config: { 'splunk-url': 'https://splunk', 'splunk-token': 'canary-token', tag: 'canary-tag' },
    });
    expect(options.Labels).toEqual({ own: 'x', 'longshore.secret-log-options': '["splunk-token","tag"]' });
  });

  it('without secrets is what it was', () => {
    // An image may bring a label of that name along, which says what it likes.
    expect(toCreateOptions(spec()).Labels).toEqual({ own: 'x', 'longshore.secret-log-options': '[]' });
    expect(JSON.stringify(options)).not.toContain('canary-password');
  });

  it.each(['x', 'null', '{}', '[1]'])('of an image with the label %s is read as one without secrets', (label) => {
    const info = { Config: { Labels: { 'longshore.secret-log-options': label } }, HostConfig: {} };
    expect(hideLogOptions('it failed', info as never)).toBe('it failed');
  });

  it('that exists tells which options are secret', () => {
    const info = {
      Config: { Labels: options.Labels },
      HostConfig: { LogConfig: options.HostConfig?.LogConfig },
    } as ContainerInspectInfo;
    expect(hideLogOptions('splunk: "canary-token" of https://splunk is bad', info)).toBe(
      'splunk: "****" of https://splunk is bad',
    );
    const plain = { ...info, Config: { Labels: {} } } as ContainerInspectInfo;
    expect(hideLogOptions('canary-token', plain)).toBe('canary-token');
  });
});

describe('hidden values', () => {
  it.each([
    ['as they are', 'bad: s3cret!', ['s3cret!'], 'bad: ****'],
    ['each time', 'aaa-b aaa-b', ['aaa-b'], '**** ****'],
    ['the longer one first', 'abcdef abc', ['abc', 'abcdef'], '**** ****'],
    ['quoted', String.raw`bad "a\"b\n"`, ['a"b\n'], 'bad "****"'],
    ['in a URL', 'http://h?x=a%20b%26', ['a b&'], 'http://h?x=****'],
    ['not the shortest', 'an answer', ['an', ''], 'an answer'],
    ['half a surrogate pair', 'x \ud800ab', ['\ud800ab'], 'x ****'],
  ])('%s', (_how, text, values, shown) => expect(hideValues(text, values)).toBe(shown));

  it('are all values but names and users', () => {
    expect([...valuesOf(secrets)].sort()).toEqual([
      ...['canary-c', 'canary-password', 'canary-tag', 'canary-token', 'from a file', 'from a file', 'from a file'],
    ]);
    expect(valuesOf(undefined)).toEqual([]);
  });
});
