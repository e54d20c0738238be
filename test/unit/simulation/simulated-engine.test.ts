/** The simulated engine keeps the promises of a real one. */
import { describe, expect, it } from 'vitest';
import { LABELS } from '../../../activities/host/launch/labels.ts';
import type { ContainerSpec, RuntimeEvent } from '../../../activities/host/runtime/types.ts';
import { VirtualClock } from '../../../simulation/engine/virtual-clock.ts';
import { createRandom } from '../../../simulation/random.ts';
import { DEFAULT_BEHAVIOUR, type TaskBehaviour } from '../../../simulation/runtime/behaviour.ts';
import { connectTo } from '../../../simulation/runtime/engine-connection.ts';
import { SimulatedEngine } from '../../../simulation/runtime/simulated-engine.ts';

const SECOND = { least: 1_000, most: 1_000 };

async function stage(behaviour: Partial<TaskBehaviour> = {}) {
  const random = createRandom('test');
  const clock = new VirtualClock(1_000_000, random.fork('clock'));
  const behaviourOf = (): TaskBehaviour => ({ ...DEFAULT_BEHAVIOUR, startMs: SECOND, stopMs: SECOND, ...behaviour });
  const engine = new SimulatedEngine({ clock, random, behaviourOf });
  const events: string[] = [];
  const onEvent = ({ kind, exitCode, health }: RuntimeEvent): void =>
    void events.push([kind, exitCode, health].filter((part) => part !== undefined).join(' '));
  const ignore = (): void => undefined;
  const subscription = await engine.listen({ a: '1' }, { onEvent, onLost: ignore, onResume: ignore });
  const statusOf = async (id: string) => (await engine.inspect(id))?.status;
  return { clock, engine, events, subscription, statusOf };
}

const spec = (name: string, labels: Readonly<Record<string, string>> = { a: '1' }): ContainerSpec => ({
  name,
  container: { name, image: 'app' },
  labels: { ...labels, [LABELS.taskId]: name },
  environment: {},
  network: { mode: 'bridge' },
  mounts: [],
  volumesFrom: [],
  links: [],
});

describe('a simulated engine', () => {
  it('has only one container with each name', async () => {
    const { engine } = await stage();
    const id = await engine.create(spec('x'));
    expect(await engine.create(spec('x'))).toBe(id);
    expect(await engine.list({ a: '1' })).toEqual([id]);
    expect(await engine.list({ a: '2' })).toEqual([]);
    await engine.remove(id);
    expect(await engine.create(spec('x'))).not.toBe(id);
  });

  it('sends events to subscribers of the container’s labels until they unsubscribe', async () => {
    const { clock, engine, events, subscription } = await stage();
    const [x, y] = [await engine.create(spec('x')), await engine.create(spec('y', { a: '2' }))];
    void Promise.all([engine.start(x), engine.start(y)]);
    await clock.advance(1_000);
    const stopped = engine.stop(x, 30);
    await clock.advance(1_000);
    await stopped;
    expect(events).toEqual(['started', 'died 137']);
    subscription.close();
    await engine.remove(x);
    expect(events).toHaveLength(2);
  });

  it('stops a container within the time that it is given', async () => {
    const { clock, engine, statusOf } = await stage({ stopMs: { least: 60_000, most: 60_000 } });
    const id = await engine.create(spec('x'));
    void engine.start(id);
    await clock.advance(1_000);
    void engine.stop(id, 2);
    await clock.advance(1_999);
    expect(await statusOf(id)).toBe('running');
    await clock.advance(1);
    expect(await statusOf(id)).toBe('exited');
  });

  it('gives a restarted container the same fate', async () => {
    const exits = { share: 1, afterMs: { least: 10, most: 5_000 }, exitCode: 3 };
    const { clock, engine } = await stage({ exits });
    const id = await engine.create(spec('x'));
    const lastsMs = async (): Promise<number> => {
      void engine.start(id);
      await clock.advance(60_000);
      const { startedAt = NaN, finishedAt = NaN, exitCode } = (await engine.inspect(id)) ?? {};
      expect(exitCode).toBe(3);
      return finishedAt - startedAt;
    };
    expect(await lastsMs()).toBe(await lastsMs());
  });

  it.each<[string, (engine: SimulatedEngine, id: string) => void, string | undefined]>([
    ['its container is removed', (engine, id) => void engine.remove(id), undefined],
    ['the power goes', (engine) => engine.powerOff(), 'created'],
  ])('abandons a start if %s', async (_when, act, status) => {
    const { clock, engine, events, statusOf } = await stage();
    const id = await engine.create(spec('x'));
    const started = engine.start(id).catch(String);
    await clock.advance(500);
    act(engine, id);
    await clock.advance(60_000);
    expect(await started).toMatch(/CannotStartContainerError: .*No such container/);
    expect(events).not.toContain('started');
    expect(await statusOf(id)).toBe(status);
  });

  it('finishes what a dead agent asked for, but no answer reaches the agent', async () => {
    const { clock, engine, statusOf } = await stage();
    const { runtime, cut } = connectTo(engine);
    const id = await runtime.create(spec('x'));
    const heard: string[] = [];
    void runtime.start(id).then(() => heard.push('started'));
    await clock.advance(500);
    cut();
    void runtime.remove(id).then(() => heard.push('removed'));
    await clock.advance(60_000);
    expect(await statusOf(id)).toBe('running');
    expect(heard).toEqual([]);
  });
});
