/** What the launcher and the agent below it say to each other. The two may be of different versions: members are only added. */
import { z } from 'zod';
import type { FailedAgentUpdate } from '../../model/agent-update.ts';

/** The environment variable that holds the agent's arguments: other users of the host can read a command line. */
export const ARGUMENTS_VARIABLE = 'LONGSHORE_AGENT_ARGUMENTS';

/** In that variable, as JSON. `cli/agent-child.mjs` removes it at once. */
export interface AgentArguments {
  /** The URL of a token. */
  readonly join?: string;
  /** The version in whose place this agent is back. */
  readonly failed?: FailedAgentUpdate;
}

const build = z.object({ version: z.string(), hash: z.string() });
export const agentArguments: z.ZodType<AgentArguments> = z.object({
  join: z.string().exactOptional(),
  failed: z.object({ build, reason: z.string() }).exactOptional(),
});

/** Over the channel between the two processes. */
export type AgentMessage =
  /** It has registered, and the control plane watches it. */
  | { readonly kind: 'takesWork' }
  /** It ends, and the launcher will start that kept version in its place. */
  | { readonly kind: 'switchTo'; readonly name: string }
  /** It ends, because it cannot go on. With `cannotRun`, its code does not run on this host at all. */
  | { readonly kind: 'fails'; readonly reason: string; readonly cannotRun?: boolean };

export const agentMessage: z.ZodType<AgentMessage> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('takesWork') }),
  z.object({ kind: z.literal('switchTo'), name: z.string() }),
  z.object({ kind: z.literal('fails'), reason: z.string(), cannotRun: z.boolean().exactOptional() }),
]);
