/** The engine's answer to a start is lost. */
import type Docker from 'dockerode';
import { expect, it } from 'vitest';
import { DockerRuntime } from '../../../activities/host/runtime/docker-runtime.ts';

/** An engine that goes away before it answers the first start. */
function anEngine(startedAt: string) {
  const engine = { starts: 0 };
  const container = {
    start: () => {
      engine.starts += 1;
      return engine.starts === 1
        ? Promise.reject(Object.assign(new Error('gone'), { code: 'ECONNRESET' }))
        : Promise.resolve();
    },
    inspect: () =>
      Promise.resolve({
        Id: 'c1',
        Name: '/c1',
        Config: { Labels: {} },
        State: {
          Running: false,
          Status: 'exited',
          StartedAt: startedAt,
          FinishedAt: startedAt,
          ExitCode: 0,
          Error: '',
        },
        NetworkSettings: { Networks: {}, Ports: {} },
      }),
  };
  return { engine, runtime: new DockerRuntime({ getContainer: () => container } as unknown as Docker) };
}

const AT = '2026-01-01T00:00:10Z';

it.each<[string, string, number | undefined, number]>([
  ['had been started', AT, undefined, 1],
  ['had not been started', '0001-01-01T00:00:00Z', undefined, 2],
  ['had been started again', AT, Date.parse(AT) - 5_000, 1],
  ['had not been started again', AT, Date.parse(AT) + 1, 2],
])('a lost answer to the start of a container that %s', async (_what, startedAt, ranSince, starts) => {
  const { engine, runtime } = anEngine(startedAt);
  await runtime.start('c1', ranSince);
  expect(engine.starts).toBe(starts);
});
