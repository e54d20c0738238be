/** `npm run bench`: measures Longshore and its reference systems, and writes a table and JSON. */
import type { Settings } from '../../tools/settings.ts';
import { runBench } from '../../bench/main.ts';
import { awaitStopSignal } from '../shutdown.ts';

export const run = (settings: Settings, args: readonly string[]): Promise<void> =>
  runBench(settings, args, awaitStopSignal);
