/** Checks the ports of the all-in-one before anything starts. */
import { portTaken, type WantedPort } from '../tools/ports.ts';
import { isListening } from '../tools/process.ts';
import { type Settings, SetupError } from '../tools/settings.ts';

/**
 * Rejects when two parts share a port, or when another process has the API's port. The other ports are checked when their
 * servers start: a server that outlived its Longshore may hold its port.
 */
export async function checkPorts(settings: Settings): Promise<void> {
  const wanted = wantedPorts(settings);
  for (const [index, one] of wanted.entries()) {
    const other = wanted.slice(0, index).find(({ port }) => port === one.port);
    if (other !== undefined) {
      throw new SetupError(`${other.setting} and ${one.setting} are both ${one.port}: set them to different ports.`);
    }
  }
  if (await isListening(settings.port, settings.host)) throw portTaken(apiPort(settings));
}

export const apiPort = ({ port }: Settings): WantedPort => ({ part: 'The API', port, setting: 'LONGSHORE_PORT' });

export const agentDoorPort = ({ agentDoor: { port } }: Settings): WantedPort => ({
  part: 'The agent door',
  port,
  setting: 'LONGSHORE_AGENT_PORT',
});

function wantedPorts(settings: Settings): readonly WantedPort[] {
  const { temporal, temporalUi, postgres } = settings.embeddedPorts;
  const ofTemporal = [
    { part: 'Temporal', port: temporal, setting: 'LONGSHORE_TEMPORAL_PORT' },
    { part: 'The Temporal UI', port: temporalUi, setting: 'LONGSHORE_TEMPORAL_UI_PORT' },
  ];
  const ofPostgres = [{ part: 'Postgres', port: postgres, setting: 'LONGSHORE_POSTGRES_PORT' }];
  return [
    apiPort(settings),
    ...(settings.agentDoor.isOn ? [agentDoorPort(settings)] : []),
    ...(settings.temporal === undefined ? ofTemporal : []),
    ...(settings.databaseUrl === undefined ? ofPostgres : []),
  ];
}
