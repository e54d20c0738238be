/**
 * Runs in the workflows' sandbox before their code. A global name there goes through Node's `vm`, which asks the sandbox's object
 * first, each time: `Math.imul` in a loop over a text costs a hundred times the multiplication. A constant at the top of the
 * script is found at once. Only names that neither Temporal's SDK nor a workflow replaces: not Date, setTimeout or WeakRef. What
 * the SDK changes inside of these objects (Math.random) is seen as before, because they are the same objects.
 */
export const LEAN_GLOBALS =
  'const { Array, Error, JSON, Map, Math, Number, Object, Promise, Reflect, Set, String, Symbol, WeakMap } = globalThis;';
