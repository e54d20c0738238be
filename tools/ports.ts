/** Explains why a part cannot listen on its port, and which setting chooses another port. */
import { SetupError } from './settings.ts';

export interface WantedPort {
  /** The part that wants the port, such as "The API". */
  readonly part: string;
  readonly port: number;
  /** The setting that chooses the port. */
  readonly setting: string;
}

export const portTaken = ({ part, port, setting }: WantedPort): SetupError =>
  new SetupError(
    `${part} cannot start: port ${port} is taken by another process. Free it, or set ${setting} to another port.`,
  );

/** Explains an error of `listen`. Returns any other error unchanged. */
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
