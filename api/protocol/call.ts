/** One HTTP request under way, kept with its response. */
import { randomUUID } from 'node:crypto';
import type { Response } from 'express';
import { defined } from '../../model/defined.ts';
import type { CalledOperation, CallFacts } from '../audit/facts.ts';
import type { Asked, Judged } from '../auth/authorize.ts';
import type { Caller } from '../auth/caller.ts';
import type { ContextValues } from '../auth/policy/context.ts';
import type { WebIdentity } from '../auth/web-identity/claims.ts';
import type { Tell } from '../operation.ts';
import type { Answer } from './invoke.ts';
import type { Protocol } from './protocol.ts';

/** Who signed a request, and the condition keys that every call has. */
export interface Signed {
  readonly caller: Caller;
  readonly context: ContextValues;
  /** Absent where a token in the request says who calls, in place of a signature. */
  readonly accessKeyId?: string;
  /** The caller as things are now. Rejects if its credentials are no longer good. */
  readonly again: () => Promise<Caller>;
}

interface Call {
  readonly requestId: string;
  readonly startedAt: number;
  protocol: Protocol;
  /** Absent where nobody is authenticated: every call is root's. */
  signed?: Signed;
  /** Absent until it is known who calls, or that nobody has to say so. */
  caller?: Caller;
  circumstances: ContextValues;
  operation?: string;
  /** What the audit will tell of it. */
  readonly told: Told;
}

interface Told {
  called?: CalledOperation;
  answer?: Answer;
  asked: readonly Asked[];
  judged: Judged[];
  webIdentity?: WebIdentity;
  readonly warnings: string[];
  /** Nothing is told twice. */
  isTold: boolean;
}

export function beginCall(response: Response, protocol: Protocol): Call {
  const told: Told = { asked: [], judged: [], warnings: [], isTold: false };
  const call: Call = { requestId: randomUUID(), startedAt: performance.now(), protocol, circumstances: {}, told };
  response.locals['call'] = call;
  return call;
}

export const callOf = (response: Response): Call => response.locals['call'] as Call;

/** How a call's operation tells what it found out. */
export const tellOf = ({ told }: Call): Tell => ({
  judged: (by) => {
    const { action, resource } = by.request;
    told.judged.push(by);
    told.asked = [...told.asked, { action, resources: [resource], context: {} }];
  },
  identified: (identity) => {
    told.webIdentity = identity;
  },
  warned: (message) => void told.warnings.push(message),
});

/** What the audit may know of the call. */
export function factsOf(response: Response): CallFacts {
  const { requestId, caller, signed, told } = callOf(response);
  const { called, answer, asked, judged, webIdentity } = told;
  const accessKeyId = signed?.accessKeyId;
  // To the audit, whoever calls without credentials is unknown.
  const known = caller?.principal.kind === 'anonymous' ? undefined : caller;
  return {
    request: response.req,
    requestId,
    caller: known,
    asked,
    judged,
    ...defined({ accessKeyId, called, answer, webIdentity }),
  };
}
