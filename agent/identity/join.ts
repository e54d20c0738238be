/** Joins this host to a Longshore by a token. */
import type { AgentCredentials } from './credentials.ts';
import type { CallDoor } from './door-client.ts';

/**
 * Gets a certificate with the token in the URL (`https://host:port#token`) and keeps it in the agent's folder. With an identity
 * of the same Longshore already there, returns that. Rejects with JoinError, whose message says what to do.
 */
export type JoinDoor = (url: string, dataDir: string, call: CallDoor) => Promise<AgentCredentials>;
