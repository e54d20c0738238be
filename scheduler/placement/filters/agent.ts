/** The instance's agent must be connected. */
import type { Room } from '../room.ts';
import type { Filter } from './filter.ts';

export const agentFilter = (room: Room): Filter => ({
  reason: 'AGENT',
  shortfall: (instance) => (room.isConnected(instance) ? 0 : 1),
});
