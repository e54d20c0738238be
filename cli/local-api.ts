/** The API that the settings name, for commands that ask a running Longshore. */
import { type Settings, SetupError } from '../tools/settings.ts';

export const apiUrl = ({ host, port }: Settings): string => `http://${host}:${port}`;

export const nobodyAnswers = (settings: Settings): SetupError =>
  new SetupError(`No Longshore answers at ${apiUrl(settings)}: start it with longshore start.`);

/** GET, whatever the status of the answer. */
export const askApi = (settings: Settings, path: string): Promise<Response> =>
  fetch(`${apiUrl(settings)}${path}`).catch(() => {
    throw nobodyAnswers(settings);
  });
