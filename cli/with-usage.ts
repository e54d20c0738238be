/** What a command says of arguments that it cannot read: what is wrong, and how it is used. */
import { SetupError } from '../tools/settings.ts';

/** Returns what `read` makes of the arguments. Throws a SetupError with the usage below the reason. */
export function withUsage<T>(usage: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new SetupError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
}
