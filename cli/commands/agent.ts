/** `longshore agent`: joins this Docker host to a cluster of a Longshore elsewhere. Connects outwards only. */
import * as path from 'node:path';
import { ensureDocker } from '../../tools/embedded/docker.ts';
import { createProcessLogger } from '../../tools/logger.ts';
import type { Settings } from '../../tools/settings.ts';
import { startAgentRole } from '../roles.ts';
import { requireTemporal, runUntilStopped } from './one-role.ts';

export const run = (settings: Settings): Promise<void> =>
  runUntilStopped(async (stops) => {
    const temporal = requireTemporal(settings);
    const logger = createProcessLogger(settings.logLevel);
    const { installTemporalLogger } = await import('../../worker/index.ts');
    installTemporalLogger(logger);
    const docker = await ensureDocker({
      logDir: path.join(settings.dataDir, 'docker'),
      ...(settings.dockerHost === undefined ? {} : { dockerHost: settings.dockerHost }),
    });
    const agent = await startAgentRole({ settings, temporal, logger, docker, fargate: settings.fargate ?? false });
    stops.add('agent', () => agent.shutdown());
    const { containerInstanceId } = agent;
    logger.info({ containerInstanceId, cluster: settings.clusterName }, 'the agent runs');
  });
