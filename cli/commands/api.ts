/** `longshore api`: the API alone, beside a Temporal and a Postgres of the operator's own. */
import type { Settings } from '../../tools/settings.ts';
import { startApiRole } from '../roles.ts';
import { openControlPlane, runUntilStopped } from './one-role.ts';

export const run = (settings: Settings): Promise<void> =>
  runUntilStopped(async (stops) => {
    const plane = await openControlPlane(settings, stops);
    const api = await startApiRole(plane);
    stops.add('api', () => api.shutdown());
    plane.logger.info({ url: api.url }, 'the API listens');
  });
