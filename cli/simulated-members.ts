/** The instances of `longshore agent --simulate`: beside Temporal, or joined by the URL of --join. */
import * as path from 'node:path';
import type { Logger } from 'pino';
import { isJoinRefused } from '../agent/identity/join.ts';
import type { FleetMembers } from '../simulation/runtime/fleet-member.ts';
import { type Settings, SetupError } from '../tools/settings.ts';
import { agentFolder } from './agent-role.ts';

const NO_WAY =
  'Simulated instances need --join https://HOST:PORT#TOKEN, to reach an agent door, or TEMPORAL_ADDRESS (host:port), to run beside a Temporal server.';

interface Simulated {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly count: number;
}

/** On the same data folder they are the same instances. Throws SetupError with what to do. */
export async function openMembers({ settings, logger, count }: Simulated, url?: string): Promise<FleetMembers> {
  const folder = agentFolder(settings);
  if (url === undefined) {
    const { temporal } = settings;
    if (temporal === undefined) throw new SetupError(NO_WAY);
    const [{ directMembers }, { loadInstanceId }] = await Promise.all([
      import('../simulation/runtime/direct-members.ts'),
      import('../agent/instance-id.ts'),
    ]);
    return directMembers({
      temporal,
      clusterName: settings.clusterName,
      count,
      seed: await loadInstanceId(folder),
      onError: (error) => logger.warn({ err: error }, 'a simulated instance takes no work any more; the others go on'),
    });
  }
  const { doorMembers } = await import('../simulation/runtime/door-members.ts');
  const { signal } = new AbortController();
  const joined = { url, count, folder: path.join(folder, 'simulated'), logger, signal };
  return doorMembers(joined).catch((error: unknown) => {
    throw isJoinRefused(error) ? new SetupError(error.message) : error;
  });
}
