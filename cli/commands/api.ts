/** `longshore api`: runs only the API and the agent door, with the operator's own Temporal and Postgres. */
import type { Settings } from '../../tools/settings.ts';
import { startApiRole } from '../roles.ts';
import { runUntilStopped } from '../shutdown.ts';
import { openControlPlane } from './one-role.ts';

export const run = (settings: Settings): Promise<void> =>
  runUntilStopped(async (stops) => {
    const plane = await openControlPlane(settings, stops);
    const api = await startApiRole(plane, { withAgentDoor: true });
    stops.add('api', () => api.shutdown());
    plane.logger.info({ url: api.url }, 'the API listens');
  });
