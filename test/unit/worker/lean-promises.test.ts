/** The source texts that the SDK compiles; test/workflow/queries.test.ts checks that it still uses them. */
import { createContext, runInContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { LEAN_PROMISES } from '../../../worker/lean-promises.ts';

/** What the SDK's hook gets for a workflow's promise. */
const ask = (code: string): unknown => {
  const context = createContext({ code, __TEMPORAL_ACTIVATOR__: 'the workflow’s' });
  return runInContext(`${LEAN_PROMISES} Promise.resolve().constructor.constructor(code)()`, context);
};

describe('in the sandbox of workflows', () => {
  it('a promise knows its workflow', () => {
    expect(ask('return globalThis.__TEMPORAL_ACTIVATOR__')).toBe('the workflow’s');
  });

  it('its error has no stack', () => {
    const error = ask('return globalThis.Error') as new () => { stack?: string };
    expect(new error().stack).toBeUndefined();
  });

  it('other code is compiled as usual', () => {
    expect(ask('return 1 + 1')).toBe(2);
  });
});
