/** Who this host's agent is: by the identity in its folder, or by the token in the URL of --join. */
import type { Logger } from 'pino';
import { AgentCredentials } from '../agent/identity/credentials.ts';
import { callDoor } from '../agent/identity/door-client.ts';
import { isJoinRefused, joinDoor } from '../agent/identity/join.ts';
import { untilDone } from '../agent/retry.ts';
import { SetupError } from '../tools/settings.ts';

interface Host {
  /** The agent's. */
  readonly folder: string;
  readonly logger: Logger;
}

/**
 * Without a URL: the identity in the folder, undefined if there is none. With one: joins, or goes on with a good identity of
 * the same Longshore, and waits for the door if it does not answer. Throws SetupError with what to do.
 */
export async function openIdentity(host: Host, url?: string): Promise<AgentCredentials | undefined> {
  try {
    return url === undefined ? load(host.folder) : await join(host, url);
  } catch (error) {
    throw isJoinRefused(error) ? new SetupError(error.message) : error;
  }
}

function load(folder: string): AgentCredentials | undefined {
  const credentials = AgentCredentials.load(folder);
  if (credentials === undefined || credentials.expiresAt > Date.now()) return credentials;
  throw new SetupError(
    `The certificate of this host (container instance ${credentials.containerInstanceId}) expired at ${new Date(credentials.expiresAt).toISOString()}: it was away for too long. Join again, as a new container instance, with the line that this prints where Longshore's API is: longshore token create --cluster ${credentials.clusterName}\nContainers that run here as the old instance: longshore orphans`,
  );
}

async function join({ folder, logger }: Host, url: string): Promise<AgentCredentials> {
  const before = AgentCredentials.load(folder)?.containerInstanceId;
  const { signal } = new AbortController();
  const credentials = await untilDone({ what: 'joining', logger, signal, isFinal: isJoinRefused }, () =>
    joinDoor(url, folder, callDoor),
  );
  const { containerInstanceId, clusterName, address } = credentials;
  const fields = { containerInstanceId, clusterName, url: `https://${address}` };
  if (before === containerInstanceId) {
    logger.info(fields, 'this host joined before; it goes on as the same container instance and needs no token');
  } else if (before === undefined) {
    logger.info(fields, 'this host joined the cluster; from now on it needs no token');
  } else {
    logger.warn(
      fields,
      `this host joined as a new container instance instead of ${before}; longshore orphans lists what it ran as that`,
    );
  }
  return credentials;
}
