/**
 * Runs in the workflows' sandbox before their code. Temporal's SDK notes for each promise that a workflow makes where that was, for
 * its stack-trace query: it compiles two functions and formats a stack each time, half of all that a large deployment costs
 * a worker (sdk-typescript issue 1587), and offers no setting. It gets at the sandbox's globals by way of the promise: here it
 * finds the one that it needs to tell whose promise it is, ready made, and errors without a stack, which it leaves alone. An SDK that asks
 * otherwise is served as ever.
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
