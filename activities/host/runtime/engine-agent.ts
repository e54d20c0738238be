/** Connections to the engine, kept alive between calls. */
import { Agent } from 'node:http';
import { inspect } from 'node:util';

/**
 * docker-modem prints the options of every request into a debug text that it builds whether or not anybody reads it,
 * hidden members included: with a plain Agent that walks all its sockets, for seconds. This one prints as a word.
 */
export class EngineAgent extends Agent {
  constructor() {
    super({ keepAlive: true });
  }

  [inspect.custom](): string {
    return 'EngineAgent';
  }
}
