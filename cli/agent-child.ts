/** The agent of this host, in a process of its own below the launcher. */
import { once } from 'node:events';
import * as path from 'node:path';
import type { AgentUpdates } from '../agent/update/updates.ts';
import { defined } from '../model/defined.ts';
import { ownAgentBuild } from '../tools/agent-package/build.ts';
import { ensureDocker } from '../tools/embedded/docker.ts';
import { createProcessLogger } from '../tools/logger.ts';
import { readSettings, type Settings } from '../tools/settings.ts';
import { installTemporalLogger } from '../tools/temporal-log.ts';
import { agentFolder, startAgentRole } from './agent-role.ts';
import { explain, outliveOutput } from './explain.ts';
import { openJoined } from './joined-agent.ts';
import { type AgentArguments, agentArguments, type AgentMessage } from './launcher/messages.ts';
import { runUntilStopped, type Stops } from './shutdown.ts';

/** `argument`: AgentArguments as JSON. A failure ends the process with one message and exit code 1. */
export async function main(argument: string): Promise<void> {
  outliveOutput({ isServer: true });
  // An agent whose launcher was killed must not run beside the next launcher's.
  process.once('disconnect', () => process.exit(1));
  try {
    const given = agentArguments.parse(JSON.parse(argument));
    const switching = new AbortController();
    const switchTo = (name: string): void => {
      // The control plane gave it work, even if the answer to the announcement was lost.
      tell({ kind: 'takesWork' });
      tell({ kind: 'switchTo', name });
      switching.abort();
    };
    const start = (stops: Stops): Promise<void> => runAgent(readSettings(process.env), given, { stops, switchTo });
    await runUntilStopped(start, { request: once(switching.signal, 'abort'), mayEndWhileStarting: true });
  } catch (error) {
    const reason = explain(error);
    process.stderr.write(`\n${reason}\n`);
    await new Promise((resolve) => process.send?.({ kind: 'fails', reason } satisfies AgentMessage, resolve));
    process.exit(1);
  }
}

const tell = (message: AgentMessage): void => void process.send?.(message);

async function runAgent(
  settings: Settings,
  { join, failed }: AgentArguments,
  { stops, switchTo }: { readonly stops: Stops } & Pick<AgentUpdates, 'switchTo'>,
): Promise<void> {
  const logger = createProcessLogger(settings.logLevel);
  installTemporalLogger(logger);
  const joined = await openJoined(settings, logger, join);
  stops.add('identity', joined.close);
  const docker = await ensureDocker({
    logDir: path.join(settings.dataDir, 'docker'),
    ...defined({ dockerHost: settings.dockerHost }),
  });
  const takesWork = (): void => tell({ kind: 'takesWork' });
  const agent = await startAgentRole(joined.place, {
    docker,
    fargate: settings.fargate ?? false,
    build: ownAgentBuild(),
    updates: { folder: agentFolder(settings), switchTo, takesWork, ...defined({ failed }) },
  });
  stops.add('agent', () => agent.shutdown());
  const { containerInstanceId, clusterName } = joined.place;
  logger.info({ containerInstanceId, clusterName }, 'the agent runs');
}
