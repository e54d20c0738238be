/** The texts of an engine's errors, as users see them. */
import { describe, expect, it } from 'vitest';
import { failureText } from '../../../activities/host/launch/preparation.ts';
import { planTask } from '../../../activities/host/launch/plan.ts';
import { engineCall, messageOf } from '../../../activities/host/runtime/engine-call.ts';
import { refusedUlimit, ulimitRefusal } from '../../../activities/host/runtime/ulimit-refusal.ts';
import { taskDefinition } from '../../support/commands.ts';

const refusal = (words: string, json?: object): Error =>
  Object.assign(new Error(`(HTTP code 500) server error - ${words} `), { statusCode: 500, json });

describe('the engine’s error text', () => {
  it.each<[string, unknown, string]>([
    ['an answer', refusal('x', { message: 'no space left' }), 'Error response from daemon: no space left'],
    [
      'a stream that did not begin',
      refusal('Get "https://r/v2/": EOF'),
      'Error response from daemon: Get "https://r/v2/": EOF',
    ],
    ['words with a dash', refusal('pull - denied'), 'Error response from daemon: pull - denied'],
    ['an error within a stream', new Error('manifest unknown'), 'manifest unknown'],
    ['an engine that is away', Object.assign(new Error('connect ENOENT'), { code: 'ENOENT' }), 'connect ENOENT'],
  ])('%s', (_what, error, words) => {
    expect(messageOf(error)).toBe(words);
    expect(failureText(error)).toBe(`ContainerRuntimeError: ${words}`);
  });

  it('follows the name of the error', async () => {
    const failed = engineCall('CannotStopContainerError', () => Promise.reject(refusal('busy')));
    const error: unknown = await failed.catch((e: unknown) => e);
    expect(failureText(error)).toBe('CannotStopContainerError: Error response from daemon: busy');
  });
});

describe('a ulimit that cannot be set', () => {
  it.each([
    ['error setting rlimits for ready process: error setting rlimit type 7: operation not permitted', 'nofile'],
    ['error setting rlimit type 8: operation not permitted', 'memlock'],
    ['crun: setrlimit `RLIMIT_NPROC`: Operation not permitted', 'nproc'],
    ['no such file', undefined],
  ])('%s: %s', (words, name) => {
    expect(refusedUlimit(words)).toBe(name);
  });

  it('is reported with its values, and with the limit if it is known and exceeded', () => {
    const asked = { Name: 'nofile', Soft: 10, Hard: 2_000 };
    expect(ulimitRefusal('nofile', asked, 1_000)).toBe(
      'the ulimit nofile cannot be set to a soft limit of 10 and a hard limit of 2000: the container instance allows at most 1000',
    );
    expect(ulimitRefusal('nofile', asked, 4_000)).toMatch(/: that is more than the container engine may set$/);
    expect(ulimitRefusal('rtprio', undefined, undefined)).toMatch(/^the ulimit rtprio cannot be set: /);
  });
});

it.each([
  [undefined, 30],
  [0, 30],
  [1, 1],
  [120, 120],
])('stopTimeout %s gives a container %i seconds', (stopTimeout, seconds) => {
  const containerDefinitions = [{ name: 'web', image: 'web', ...(stopTimeout === undefined ? {} : { stopTimeout }) }];
  const definition = taskDefinition({ containerDefinitions });
  const launch = { taskId: 't', taskArn: 'a', taskDefinitionArn: 'd', group: 'g', overrides: {} };
  expect(planTask(definition, launch, 'owner').containers[0]?.stopTimeoutSeconds).toBe(seconds);
});
