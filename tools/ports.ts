/** Ports that cannot be had, told to a person: which part wanted it, why, and which setting chooses another. */
import { SetupError } from './settings.ts';

export interface WantedPort {
  /** Whose it would be, such as "The API". */
  readonly part: string;
  readonly port: number;
  /** The setting that chooses it. */
  readonly setting: string;
}

export const portTaken = ({ part, port, setting }: WantedPort): SetupError =>
  new SetupError(
    `${part} cannot start: port ${port} is taken by another process. Free it, or set ${setting} to another port.`,
  );

/** What a server's refusal to listen means; any other error as it is. */
export function explainListenError(error: Error, wanted: WantedPort): Error {
  const { part, port, setting } = wanted;
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return portTaken(wanted);
    case 'EACCES':
      return new SetupError(
        `${part} cannot start: this user may not listen on port ${port}. Set ${setting} to one above 1023.`,
      );
    case 'EADDRNOTAVAIL':
      return new SetupError(`${part} cannot start: this machine does not have that address (${error.message}).`);
    default:
      return error;
  }
}
