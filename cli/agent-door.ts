/** Starts the agent door. */
import * as path from 'node:path';
import type { Logger } from 'pino';
import { directControl } from '../agent/direct-control.ts';
import type { AgentAuthority } from '../api/agent-door/authority.ts';
import type { TaskGrants } from '../api/tasks/grants.ts';
import { defined } from '../model/defined.ts';
import type { MasterKeys } from '../model/master-keys.ts';
import type { TemporalSettings } from '../model/temporal-settings.ts';
import type { Store } from '../store/contract/store.ts';
import { AgentPackageFile } from '../tools/agent-package/package-file.ts';
import { explainListenError } from '../tools/ports.ts';
import type { Settings } from '../tools/settings.ts';
import { connectTemporal } from '../tools/temporal-connection.ts';
import { agentDoorPort } from './check-ports.ts';

/** An agent waits for longer, so it gets the door's own answer. */
const CONTROL_TIMEOUT_MS = 15_000;

interface AgentDoorParts {
  readonly settings: Settings;
  readonly temporal: TemporalSettings;
  readonly store: Store;
  readonly masterKeys: MasterKeys;
  readonly authority: AgentAuthority;
  readonly grants: TaskGrants;
  readonly logger: Logger;
  /** Why nothing can be recorded at present; undefined if all is well. */
  readonly unwritable?: () => string | undefined;
}

/** A port in use is the person's to free. */
export async function openAgentDoor(parts: AgentDoorParts): Promise<{ close(): Promise<void> }> {
  const { settings, temporal, store, masterKeys, authority, grants, logger, unwritable } = parts;
  const [{ startAgentDoor }, { AgentIdentities }, { connectUpstream }, { AgentDoorAudit }] = await Promise.all([
    import('../api/agent-door/door.ts'),
    import('../api/agent-door/identity.ts'),
    import('../api/agent-door/temporal/upstream.ts'),
    import('../api/agent-door/audit.ts'),
  ]);
  const [client, upstream] = await Promise.all([connectTemporal(temporal), connectUpstream(temporal)]);
  const identities = new AgentIdentities({ store, logger });
  const { partition, auditRetentionMs } = settings;
  const ledger = { store, partition, logger, ...defined({ unwritable }) };
  const audit = auditRetentionMs === 0 ? undefined : new AgentDoorAudit(ledger);
  const packages = new AgentPackageFile({ folder: path.join(settings.dataDir, 'agent-package'), logger });
  const release = async (): Promise<void> => {
    await audit?.close();
    identities.close();
    await Promise.all([client.connection.close(), upstream.close(), packages.close()]);
  };
  const { host, port, advertised } = settings.agentDoor;
  const control = directControl(client, { timeoutMs: CONTROL_TIMEOUT_MS, guards: settings.taskGuards });
  const behind = { upstream, control, packages, grants };
  const shared = { store, authority, identities, ...behind, masterKeys, logger, ...defined({ audit }) };
  try {
    const door = await startAgentDoor({ host, port, ...shared });
    logger.info({ url: `https://${advertised}`, port: door.port }, 'the agent door listens');
    return { close: () => door.close().finally(release) };
  } catch (error) {
    await release();
    throw error instanceof Error ? explainListenError(error, agentDoorPort(settings)) : error;
  }
}
