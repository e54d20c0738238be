/** Longshore's own calls of the agent door, by name. */
import type { AgentDoorCall } from '../call.ts';
import { announceAgent, isAttended, isRegistered, registerInstance } from './instance.ts';
import { join } from './join.ts';
import { describeAgentPackage, readAgentPackage } from './package.ts';
import { renew } from './renew.ts';
import { reportTasks } from './report-tasks.ts';
import { forwardTaskCall, issueTaskCredentials, readTaskSecrets } from './tasks.ts';

/** A call whose request has passed its schema. */
type AnyCall = Omit<AgentDoorCall<never, object>, 'request'> & {
  readonly request: AgentDoorCall<object, object>['request'];
};

const CALLS: readonly AnyCall[] = [
  ...[join, renew, registerInstance, announceAgent, isAttended, isRegistered, reportTasks],
  ...[describeAgentPackage, readAgentPackage],
  ...[readTaskSecrets, issueTaskCredentials, forwardTaskCall],
];

export const AGENT_DOOR_CALLS: ReadonlyMap<string, AnyCall> = new Map(CALLS.map((call) => [call.name, call]));
