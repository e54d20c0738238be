/** An agent on a host of its own: who it is by its certificate, and its way through the agent door. */
import type { Logger } from 'pino';
import { connectDoor } from '../agent/door.ts';
import { callDoor } from '../agent/identity/door-client.ts';
import { type Settings, SetupError } from '../tools/settings.ts';
import { openIdentity } from './join-host.ts';
import { agentFolder, type AgentPlace } from './agent-role.ts';

const HOW_TO_JOIN = `Make a token where Longshore's API is, and join with the line that it prints:

  longshore token create --cluster default`;

export interface JoinedAgent {
  readonly place: AgentPlace;
  /** Ends the renewal of the certificate. */
  readonly close: () => Promise<void>;
}

/**
 * Joins by the URL, or reads the identity that the host got when it joined, and keeps its certificate current. Throws SetupError
 * with what to do.
 */
export async function openJoined(settings: Settings, logger: Logger, url?: string): Promise<JoinedAgent> {
  const credentials = await openIdentity({ folder: agentFolder(settings), logger }, url);
  if (credentials === undefined) throw notJoined(settings);
  credentials.startRenewing(callDoor, { logger });
  const { containerInstanceId, clusterName, availabilityZone = settings.availabilityZone } = credentials;
  const connect = () => Promise.resolve(connectDoor(credentials, logger));
  const place = { settings, logger, connect, containerInstanceId, clusterName, availabilityZone };
  return {
    place,
    close: () => {
      credentials.stop();
      return Promise.resolve();
    },
  };
}

function notJoined(settings: Settings): SetupError {
  const given = [
    ...(settings.temporal === undefined ? [] : ['TEMPORAL_ADDRESS']),
    ...(settings.databaseUrl === undefined ? [] : ['DATABASE_URL']),
  ];
  const before =
    given.length === 0 ? '' : `An agent needs no ${given.join(' or ')} any more: it reaches the agent door alone. `;
  return new SetupError(`${before}This host has not joined a Longshore yet. ${HOW_TO_JOIN}`);
}
