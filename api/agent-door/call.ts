/** What a call of the agent door is. Its messages are JSON, over unary gRPC (model/agent-door.ts). */
import type { Logger } from 'pino';
import type { z } from 'zod';
import type { AgentPackageSource } from '../../model/agent-package.ts';
import type { InstanceControl } from '../../model/agent-calls.ts';
import type { Store } from '../../store/contract/store.ts';
import type { TaskGrants } from '../tasks/grants.ts';
import type { AgentAuthority } from './authority.ts';
import type { AgentIdentity, JoinIdentity } from './identity.ts';

export interface AgentDoorContext {
  /** Who calls, from the certificate of its connection. */
  readonly identity: AgentIdentity | JoinIdentity;
  readonly store: Store;
  readonly authority: AgentAuthority;
  /** The workflows of instances and of tasks' owners. */
  readonly control: InstanceControl;
  /** What the tasks of an instance get. */
  readonly grants: Pick<TaskGrants, 'of'>;
  /** The agent that this control plane serves. */
  readonly packages: AgentPackageSource;
  /** Counts a piece of the package until the caller has read the answer. Throws GrpcRefusal if there are too many. */
  readonly beginPiece: () => void;
  readonly logger: Logger;
  /** Logs what the door refuses this caller, apart from what the call answers. A caller that asks often is logged seldom. */
  readonly refuse: (what: string) => void;
}

export interface AgentDoorCall<Request, Answer> {
  readonly name: string;
  readonly request: z.ZodType<Request>;
  /** Whose certificates may make the call. The door refuses all others. */
  readonly callers: readonly ('agent' | 'join')[];
  /** Throws AwsError for what is refused; `refusalOf` says how it goes over the wire. */
  handle(request: Request, context: AgentDoorContext): Promise<Answer>;
}
