/**
 * Runs in the workflows' sandbox before their code. For its stack-trace query, Temporal's SDK notes where each promise of a
 * workflow was made: it compiles two functions and formats a stack each time, half of all that a large deployment costs a
 * worker (sdk-typescript issue 1587), and there is no setting against it. It gets at the sandbox's globals by way of the promise:
 * there it finds what it needs to tell whose promise it is, ready made, and for the stack something that has none. An SDK that
 * asks in other words is served as ever.
 */
export const LEAN_PROMISES = `(() => {
  const compile = Function;
  const known = {
    'return globalThis.__TEMPORAL_ACTIVATOR__': () => globalThis.__TEMPORAL_ACTIVATOR__,
    'return globalThis.Error': () => Object,
  };
  Object.defineProperty(Promise, 'constructor', {
    value: (...args) => (args.length === 1 && known[args[0]]) || compile(...args),
  });
})();`.replaceAll('\n', '');
