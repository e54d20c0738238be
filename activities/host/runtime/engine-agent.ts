/** Connections to the engine, kept alive between calls. */
import { Agent } from 'node:http';
import { inspect } from 'node:util';

/**
 * docker-modem prints the options of every request into a debug text, hidden members included, whether or not anybody
 * reads it. With a plain Agent it walks all sockets, for seconds. This class prints as one word.
 */
export class EngineAgent extends Agent {
  constructor() {
    super({ keepAlive: true });
  }

  [inspect.custom](): string {
    return 'EngineAgent';
  }
}
