/**
 * Runs in the workflows' sandbox before their code. For its stack-trace query, Temporal's SDK notes where a workflow
 * makes each promise: it compiles two functions and formats a stack each time. That is half of what a large deployment
 * costs a worker (sdk-typescript issue 1587), and no setting turns it off. The SDK reaches the sandbox's globals
 * through the promise's constructor. This code replaces that constructor: it answers the SDK's two questions from
 * memory, and for the stack gives an object that has none. Any other call is compiled as usual, so an SDK that asks
 * differently still works.
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
