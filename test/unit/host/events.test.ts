/** The stream of an engine's events passes on each event once, in whatever order the engine sends them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { PassThrough } from 'node:stream';
import type Docker from 'dockerode';
import { afterEach, expect, it, vi } from 'vitest';
import { EventStream } from '../../../activities/host/runtime/events.ts';

const NOW = BigInt(Date.now()) * 1_000_000n;
const MS = 1_000_000n;

/** An engine that streams what the test writes, and starts over after each cut. */
class FakeEngine {
  readonly since: number[] = [];
  #stream = new PassThrough();

  readonly getEvents = (options: { since?: unknown }): Promise<PassThrough> => {
    this.since.push(Number(options.since));
    this.#stream = new PassThrough();
    return Promise.resolve(this.#stream);
  };

  says(containerId: string, action: string, afterMs: number): void {
    // As text, because a JavaScript number has too few digits.
    const timeNano = String(NOW + BigInt(afterMs) * MS);
    const event = { Type: 'container', Action: action, Actor: { ID: containerId, Attributes: { mine: 'yes' } } };
    this.#stream.write(`${JSON.stringify(event).slice(0, -1)},"timeNano":${timeNano}}\n`);
  }

  cut(): void {
    this.#stream.end();
  }
}

let stream: EventStream;
afterEach(() => stream.close());

async function listen() {
  const engine = new FakeEngine();
  const heard: string[] = [];
  const onResume = vi.fn();
  stream = new EventStream({
    docker: engine as unknown as Docker,
    labels: { mine: 'yes' },
    listener: {
      onEvent: ({ containerId, kind }) => heard.push(`${containerId} ${kind}`),
      onLost: () => undefined,
      onResume,
    },
    onImageChange: () => undefined,
  });
  await stream.open();
  return { engine, heard, resumed: () => expect.poll(() => onResume.mock.calls.length).toBe(1) };
}

it('passes on an event with an earlier timestamp than the event before it', async () => {
  const { engine, heard } = await listen();
  engine.says('a', 'oom', 20);
  engine.says('b', 'oom', 19);
  engine.says('b', 'die', 60);
  await sleep(1);
  expect(heard).toEqual(['a oom', 'b oom', 'b died']);
});

it('passes on missed events after an interruption, even with earlier timestamps, and repeats none', async () => {
  const { engine, heard, resumed } = await listen();
  engine.says('a', 'start', 1_000);
  engine.says('b', 'start', 2_000);
  await sleep(1);
  engine.cut();
  await resumed();
  expect(BigInt(Math.round(engine.since[1]! * 1_000)) * MS).toBeLessThan(NOW + 2_000n * MS);
  engine.says('a', 'start', 1_000);
  engine.says('c', 'start', 1_999);
  engine.says('b', 'start', 2_000);
  engine.says('b', 'die', 2_500);
  await sleep(1);
  expect(heard).toEqual(['a started', 'b started', 'c started', 'b died']);
});
