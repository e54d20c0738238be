/** `longshore temporal-ui`: the proxy in front of the operator's own Temporal UI, which serves pages of this machine only. */
import { startTemporalUi } from '../../tools/embedded/temporal-ui.ts';
import { createProcessLogger } from '../../tools/logger.ts';
import { type Settings, SetupError } from '../../tools/settings.ts';
import { runUntilStopped } from '../shutdown.ts';

export const run = (settings: Settings): Promise<void> =>
  runUntilStopped(async (stops) => {
    const upstream = settings.temporalUi;
    if (upstream === undefined)
      throw new SetupError('Set TEMPORAL_UI_ADDRESS (host:port) to where the Temporal UI listens.');
    const ui = await startTemporalUi(settings.embeddedPorts.temporalUi, () => upstream);
    stops.add('temporal UI', () => ui.close());
    createProcessLogger(settings.logLevel).info({ url: ui.url }, 'the proxy of the Temporal UI listens');
  });
