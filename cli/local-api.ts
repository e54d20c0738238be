/** The API of the running Longshore that the settings name. */
import { type Settings, SetupError } from '../tools/settings.ts';

export const apiUrl = ({ host, port }: Settings): string => `http://${host}:${port}`;

export const nobodyAnswers = (settings: Settings): SetupError =>
  new SetupError(`Longshore does not answer at ${apiUrl(settings)}. Start it with longshore start.`);

/** Sends a GET request. Resolves for every status. */
export const askApi = (settings: Settings, path: string): Promise<Response> =>
  fetch(`${apiUrl(settings)}${path}`).catch(() => {
    throw nobodyAnswers(settings);
  });
