/**
 * An agent's connection to its engine. It ends with the agent: the engine finishes what it was asked, but nobody gets
 * the answer.
 */
import type { ContainerRuntime } from '../../activities/host/runtime/types.ts';

export interface EngineConnection {
  readonly runtime: ContainerRuntime;
  /** From now on, no call reaches the engine and no answer reaches the agent. */
  readonly cut: () => void;
}

type Call = (...args: unknown[]) => Promise<unknown>;

export function connectTo(engine: ContainerRuntime): EngineConnection {
  let isCut = false;
  const whileUp =
    (call: Call): Call =>
    (...args) =>
      new Promise((resolve, reject) => {
        if (isCut) return;
        call(...args).then(
          (answer) => !isCut && resolve(answer),
          (error: unknown) => !isCut && reject(error as Error),
        );
      });
  const calls = new Map<unknown, Call>();
  const runtime = new Proxy(engine, {
    get: (target, name) => {
      const known = calls.get(name);
      if (known) return known;
      const call = whileUp((Reflect.get(target, name) as Call).bind(target));
      calls.set(name, call);
      return call;
    },
  });
  return {
    runtime,
    cut: () => {
      isCut = true;
    },
  };
}
