/** The settings of the agent door: where it listens, and where agents find it. */
import * as net from 'node:net';
import * as os from 'node:os';
import { z } from 'zod';
import { address, isLoopback } from './access-settings.ts';

export interface AgentDoorSettings {
  /** Whether the all-in-one has a door. `longshore api` always has one. */
  readonly isOn: boolean;
  /** Where it listens. */
  readonly host: string;
  readonly port: number;
  /** `host:port` by which agents reach it: tokens carry it. */
  readonly advertised: string;
}

const ADVERTISED = /^(\[[0-9a-f:.]+\]|[^\s/:[\]#]+):(\d{1,5})$/i;

/** The variables, for the schema of all of them. */
export const agentDoorEnvironment = (port: z.ZodType<number, string>) => ({
  LONGSHORE_AGENT_DOOR: z.enum(['on', 'off'], { error: 'must be on or off' }).optional(),
  LONGSHORE_AGENT_HOST: address.optional(),
  LONGSHORE_AGENT_PORT: port.default(7882),
  LONGSHORE_AGENT_ADDRESS: z
    .string()
    .refine((text) => {
      const given = Number(ADVERTISED.exec(text)?.[2]);
      return given >= 1 && given <= 65_535;
    }, 'must be host:port, such as longshore.example.com:7882')
    .optional(),
});

type AgentDoorEnvironment = z.infer<z.ZodObject<ReturnType<typeof agentDoorEnvironment>>>;

/** `apiHost` is where the API listens. */
export function agentDoorSettings(env: AgentDoorEnvironment, apiHost: string): AgentDoorSettings {
  const host = env.LONGSHORE_AGENT_HOST ?? apiHost;
  const port = env.LONGSHORE_AGENT_PORT;
  return {
    isOn: env.LONGSHORE_AGENT_DOOR === undefined ? !isLoopback(host) : env.LONGSHORE_AGENT_DOOR === 'on',
    host,
    port,
    advertised: env.LONGSHORE_AGENT_ADDRESS ?? `${advertisedHost(host)}:${port}`,
  };
}

function advertisedHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return os.hostname();
  return net.isIPv6(host) ? `[${host}]` : host;
}
