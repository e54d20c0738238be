/** A real agent door for tests of what needs no Temporal: joining and renewing. */
import { pino } from 'pino';
import { type AgentAuthority, agentAuthority } from '../../api/agent-door/authority.ts';
import { type AgentDoorOptions, startAgentDoor } from '../../api/agent-door/door.ts';
import type { SessionPace } from '../../api/agent-door/sessions.ts';
import { defined } from '../../model/defined.ts';
import { AgentIdentities } from '../../api/agent-door/identity.ts';
import type { Store } from '../../store/contract/store.ts';

export interface TestDoor {
  /** `127.0.0.1:port` */
  readonly address: string;
  readonly authority: AgentAuthority;
  readonly identities: AgentIdentities;
  close(): Promise<void>;
}

export const TEST_MASTER_KEY = Buffer.alloc(32, 7);

/** Whatever is asked of it fails the call. */
const nothingBehind = (): never => {
  throw new Error('This door has no Temporal behind it.');
};
const behind = new Proxy({}, { get: () => nothingBehind }) as AgentDoorOptions['upstream'] &
  AgentDoorOptions['control'] &
  AgentDoorOptions['packages'] &
  AgentDoorOptions['grants'];

/** `agentCertificateMs`: how long agents' certificates are good. */
export async function startTestDoor(
  store: Store,
  { pace, ...options }: { readonly agentCertificateMs?: number; readonly pace?: SessionPace } = {},
): Promise<TestDoor> {
  const logger = pino({ level: 'silent' });
  const authority = await agentAuthority(store, TEST_MASTER_KEY, options);
  const identities = new AgentIdentities({ store, logger, everyMs: 50 });
  const door = await startAgentDoor({
    ...{
      host: '127.0.0.1',
      port: 0,
      masterKeys: [TEST_MASTER_KEY],
      upstream: behind,
      control: behind,
      packages: behind,
      grants: behind,
    },
    ...{ store, authority, identities, logger },
    ...defined({ pace }),
  });
  return {
    ...{ address: `127.0.0.1:${door.port}`, authority, identities },
    close: async () => {
      await door.close();
      identities.close();
    },
  };
}
