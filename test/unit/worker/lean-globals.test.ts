/** The constants that stand before the workflows' code. */
import { createContext, runInContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { LEAN_GLOBALS } from '../../../worker/lean-globals.ts';

const run = (code: string): unknown => runInContext(`${LEAN_GLOBALS}\n${code}`, createContext({}));

describe('in the sandbox of workflows, a constant', () => {
  it('is the global object itself: what the SDK replaces inside it is replaced everywhere', () => {
    expect(run('globalThis.Math.random = () => 7; [Math === globalThis.Math, Math.random()]')).toEqual([true, 7]);
  });

  it('stands for a name that code finds sooner than the sandbox’s object', () => {
    expect(run('globalThis.JSON = undefined; JSON.stringify([1])')).toBe('[1]');
  });

  it.each(['Date', 'setTimeout', 'clearTimeout', 'WeakRef', 'FinalizationRegistry', 'console'])(
    '%s is none: the SDK replaces it',
    (name) => {
      expect(run(`globalThis.${name} = 'replaced'; ${name}`)).toBe('replaced');
    },
  );
});
