/** An agent, started from the settings: the all-in-one's, and that of a host of its own. */
import * as path from 'node:path';
import type { DockerOptions } from 'dockerode';
import type { Logger } from 'pino';
import type { ControlPlane } from '../agent/control-plane.ts';
import type { AgentUpdates } from '../agent/update/updates.ts';
import type { AgentBuild } from '../model/agent-update.ts';
import { defined } from '../model/defined.ts';
import type { Settings } from '../tools/settings.ts';

/** Who an agent is, and its way to the control plane. */
export interface AgentPlace {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly connect: () => Promise<ControlPlane>;
  readonly containerInstanceId: string;
  readonly clusterName: string;
  readonly availabilityZone: string;
}

/** The folder of an agent in its data folder. */
export const agentFolder = (settings: Settings): string => path.join(settings.dataDir, 'agent');

export interface AgentRole {
  readonly docker: DockerOptions;
  readonly fargate: boolean;
  readonly build: AgentBuild;
  /** Absent: nobody can start another version in its place. */
  readonly updates?: AgentUpdates;
}

/** The agent for one Docker engine. */
export async function startAgentRole(
  { settings, ...place }: AgentPlace,
  role: AgentRole,
): Promise<{ shutdown(): Promise<void> }> {
  const { startAgent } = await import('../agent/index.ts');
  return startAgent({
    ...place,
    ...role,
    folder: agentFolder(settings),
    partition: settings.partition,
    ...defined({ capacityProvider: settings.capacityProvider, fargateRuntime: settings.fargateRuntime }),
    attributes: settings.attributes,
    taskCleanupWaitMs: settings.taskCleanupWaitMs,
    keptContainers: settings.keptContainers,
  });
}
