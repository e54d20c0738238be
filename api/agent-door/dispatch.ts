/** Which call a path names, who may make it, and its handling: Longshore's own calls and the few of Temporal's. */
import { status } from '@grpc/grpc-js';
import { z } from 'zod';
import { agentDoorPath } from '../../model/agent-door.ts';
import { InstanceRefused } from '../../model/agent-calls.ts';
import { FORWARD_TASK_CALL, TaskCallRefused } from '../../model/task-calls.ts';
import { isUnconfirmed } from '../temporal-gateway.ts';
import type { AgentDoorContext } from './call.ts';
import { AGENT_DOOR_CALLS } from './calls/index.ts';
import { Forbidden, GrpcRefusal } from './grpc/status.ts';
import type { AgentIdentity, JoinIdentity } from './identity.ts';
import { TEMPORAL_METHODS } from './temporal/methods.ts';
import type { TaskTokens } from './temporal/task-tokens.ts';
import type { CallBounds, Upstream } from './temporal/upstream.ts';

const TEMPORAL = '/temporal.api.workflowservice.v1.WorkflowService/';
const OWN = agentDoorPath('');

export interface Behind {
  readonly upstream: Upstream;
  readonly tokens: TaskTokens;
}

export interface Dispatched {
  /** A call that waits until there is work. */
  readonly isPoll: boolean;
  handle(message: Buffer, bounds: CallBounds): Promise<Uint8Array>;
}

/** Longshore has no such call. An agent of a later release may ask for it, and so may somebody who tries what there is. */
export class UnknownCall extends GrpcRefusal {
  constructor(name: string) {
    super(status.UNIMPLEMENTED, `This Longshore has no call ${name} for agents.`);
  }
}

/** Whose allowance a call takes from: the programs of tasks have one apart from their agent's. */
export function whoseCall(path: string): 'temporal' | 'own' | 'forwarded' {
  if (!path.startsWith(OWN)) return 'temporal';
  return path === agentDoorPath(FORWARD_TASK_CALL) ? 'forwarded' : 'own';
}

/** Throws Forbidden for what this caller may not call, and UnknownCall. */
export function dispatch(path: string, context: AgentDoorContext, behind: Behind): Dispatched {
  const { identity } = context;
  if (path.startsWith(TEMPORAL)) return temporalCall(path.slice(TEMPORAL.length), identity, behind);
  if (path.startsWith(OWN)) return ownCall(path.slice(OWN.length), context);
  throw new Forbidden(`The agent door has no ${path}.`);
}

function temporalCall(name: string, identity: AgentIdentity | JoinIdentity, behind: Behind): Dispatched {
  const method = TEMPORAL_METHODS.get(name);
  if (method === undefined) throw new Forbidden(`An agent may not call Temporal's ${name}.`);
  if (identity.kind !== 'agent') throw new Forbidden('A token to join opens the door for joining only.');
  return {
    isPoll: method.isPoll,
    handle: (message, bounds) => method.handle(message, { identity, bounds, ...behind }),
  };
}

function ownCall(name: string, context: AgentDoorContext): Dispatched {
  const call = AGENT_DOOR_CALLS.get(name);
  if (call === undefined) throw new UnknownCall(name);
  if (!call.callers.includes(context.identity.kind))
    throw new Forbidden(
      context.identity.kind === 'join'
        ? `${name} is not for joining.`
        : `${name} is for joining. This agent has joined.`,
    );
  return {
    isPoll: false,
    async handle(message) {
      const request = call.request.safeParse(jsonOf(message));
      if (!request.success) throw new GrpcRefusal(status.INVALID_ARGUMENT, `${name}: ${firstIssues(request.error)}`);
      const answer = await call.handle(request.data as never, context).catch((error: unknown) => {
        throw asRefusal(error);
      });
      return Buffer.from(JSON.stringify(answer));
    },
  };
}

/** The first are enough: there may be very many. */
const SHOWN_ISSUES = 5;
const firstIssues = ({ issues }: z.ZodError): string => z.prettifyError(new z.ZodError(issues.slice(0, SHOWN_ISSUES)));

function asRefusal(error: unknown): unknown {
  if (error instanceof InstanceRefused || error instanceof TaskCallRefused)
    return new GrpcRefusal(status.FAILED_PRECONDITION, error.message);
  if (isUnconfirmed(error)) return new GrpcRefusal(status.UNAVAILABLE, 'Temporal or its worker does not answer.');
  return error;
}

function jsonOf(message: Buffer): unknown {
  try {
    return JSON.parse(message.toString('utf8'));
  } catch {
    throw new GrpcRefusal(status.INVALID_ARGUMENT, 'The request must be JSON.');
  }
}
