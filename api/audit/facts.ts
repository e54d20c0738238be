/** What is known of a call when it is answered: the material of its record. */
import type { Request } from 'express';
import type { Asked, Judged } from '../auth/authorize.ts';
import type { Caller } from '../auth/caller.ts';
import type { WebIdentity } from '../auth/web-identity/claims.ts';
import type { Door } from '../door.ts';
import type { Answer } from '../protocol/invoke.ts';

/** An operation of a door that was called. */
export interface CalledOperation {
  readonly door: Door;
  readonly name: string;
  /** The members as they came. */
  readonly body: unknown;
}

export interface CallFacts {
  readonly request: Request;
  readonly requestId: string;
  /** undefined as long as nobody has found out who calls. */
  readonly caller: Caller | undefined;
  /** With which the call was signed; absent where nobody signs. */
  readonly accessKeyId?: string;
  /** Absent: the request was refused before, or is for one of Longshore's own routes. */
  readonly called?: CalledOperation;
  readonly asked: readonly Asked[];
  readonly judged: readonly Judged[];
  readonly answer?: Answer;
  /** Whom a good token in the request stands for. */
  readonly webIdentity?: WebIdentity;
}

/** How it ended: with the body of its answer, or with an error. */
export type Outcome =
  { readonly body: unknown } | { readonly error: { readonly code: string; readonly message: string } };
