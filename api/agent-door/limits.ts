/** How much of the door one agent may take, over all its connections, so that a flood of its calls does not starve others. */
import { status } from '@grpc/grpc-js';
import { type Bucket, fullBucket, type Rate, takeToken } from '../throttle/bucket.ts';
import { GrpcRefusal } from './grpc/status.ts';

/** An agent with its 500 activities sends two hundred heartbeats a second at the most. */
const CALLS = { burst: 1_000, perSecond: 500 } as const;
/** Of these, Longshore's own: reports go to each owner twice a second. */
const OWN_CALLS = { burst: 500, perSecond: 100 } as const;
/**
 * Bytes of messages, one of the largest at once. They become events of workflows: Temporal ends one whose history grows by 50 MB
 * before it can begin anew, and with it all tasks of a service would lose their owner, also those of other hosts.
 */
const MESSAGE_BYTES = { burst: 4 * 1024 * 1024, perSecond: 256 * 1024 } as const;
/** Calls of tasks' programs: they take nothing of what the agent needs for its reports. */
const FORWARDED = { burst: 200, perSecond: 50 } as const;
const FORWARDED_AT_ONCE = 32;
const FORWARDED_BYTES_AT_ONCE = 16 * 1024 * 1024;
/** Pieces of the agent package: 16 MiB a second, and a whole package without a wait. */
const PIECES = { burst: 32, perSecond: 8 } as const;
/** One is read while the next one is asked for. */
const PIECES_AT_ONCE = 2;
/** Calls at a time. */
const CALLS_AT_ONCE = 128;
/** Two for each of the connections that overlap while a certificate is renewed or an agent restarts, and to spare. */
const POLLS_AT_ONCE = 8;
/** Bytes of requests that are being read or handled. */
const BYTES_AT_ONCE = 16 * 1024 * 1024;
/** By then all its allowances are whole again. */
const FORGOTTEN_AFTER_MS = 120_000;
/** Refusals that are logged: ten, then one each ten seconds. */
const LOGGED = { burst: 10, perSecond: 0.1 } as const;

const tooMuch = (what: string): GrpcRefusal =>
  new GrpcRefusal(status.RESOURCE_EXHAUSTED, `Too many ${what} of one agent.`);

/** One call under way. */
export interface AdmittedCall {
  /** It is a poll, which waits for work and counts apart. Throws GrpcRefusal if the agent has too many. */
  waits(): void;
  /** Throws GrpcRefusal if the agent may send no more now. */
  takeBytes(count: number): void;
  /** The call's whole message has so many bytes. Throws GrpcRefusal if the agent has sent too many of late; then it takes none. */
  takeMessage(count: number): void;
  end(): void;
}

/** A bucket that keeps its own state. */
class KeptBucket {
  readonly #rate: Rate;
  readonly #now: () => number;
  #bucket: Bucket;

  constructor(rate: Rate, now: () => number) {
    this.#rate = rate;
    this.#now = now;
    this.#bucket = fullBucket(rate, now());
  }

  /** When somebody last took from it, or tried to. */
  get usedAt(): number {
    return this.#bucket.at;
  }

  /** Takes so many tokens, or none if there are fewer. */
  take(count = 1): boolean {
    const { bucket, isTaken } = takeToken(this.#bucket, this.#rate, this.#now(), count);
    this.#bucket = bucket;
    return isTaken;
  }
}

/** What one agent takes at present. `now` counts milliseconds from any beginning. */
export class AgentShare {
  readonly #now: () => number;
  readonly #calls: KeptBucket;
  readonly #own: KeptBucket;
  readonly #messages: KeptBucket;
  readonly #forwarded: KeptBucket;
  readonly #pieces: KeptBucket;
  readonly #logged: KeptBucket;
  #unlogged = 0;
  readonly #atOnce = { calls: 0, polls: 0, bytes: 0, pieces: 0, forwarded: 0, forwardedBytes: 0 };

  constructor(now: () => number) {
    this.#now = now;
    this.#calls = new KeptBucket(CALLS, now);
    this.#own = new KeptBucket(OWN_CALLS, now);
    this.#messages = new KeptBucket(MESSAGE_BYTES, now);
    this.#forwarded = new KeptBucket(FORWARDED, now);
    this.#pieces = new KeptBucket(PIECES, now);
    this.#logged = new KeptBucket(LOGGED, now);
  }

  /** Throws GrpcRefusal if the agent has too much under way. */
  admit(whose: 'temporal' | 'own' | 'forwarded' = 'temporal'): AdmittedCall {
    return whose === 'forwarded' ? this.#admitForwarded() : this.#admitOwn(whose);
  }

  /** Whatever programs in containers do, polls, heartbeats and reports of the agent have their own share. */
  #admitForwarded(): AdmittedCall {
    if (!this.#forwarded.take()) throw tooMuch('calls of tasks a second');
    const atOnce = this.#atOnce;
    if (atOnce.forwarded >= FORWARDED_AT_ONCE) throw tooMuch('calls of tasks at a time');
    atOnce.forwarded += 1;
    let bytes = 0;
    return {
      waits: () => undefined,
      takeBytes: (count) => {
        bytes += count;
        atOnce.forwardedBytes += count;
        if (atOnce.forwardedBytes > FORWARDED_BYTES_AT_ONCE) throw tooMuch('bytes of tasks at a time');
      },
      // No workflow hears of them.
      takeMessage: () => undefined,
      end: () => {
        atOnce.forwarded -= 1;
        atOnce.forwardedBytes -= bytes;
      },
    };
  }

  #admitOwn(whose: 'temporal' | 'own'): AdmittedCall {
    if (!this.#calls.take() || (whose === 'own' && !this.#own.take())) throw tooMuch('calls a second');
    const atOnce = this.#atOnce;
    if (atOnce.calls >= CALLS_AT_ONCE) throw tooMuch('calls at a time');
    atOnce.calls += 1;
    let kind: 'calls' | 'polls' = 'calls';
    let bytes = 0;
    return {
      waits: () => {
        if (atOnce.polls >= POLLS_AT_ONCE) throw tooMuch('polls at a time');
        kind = 'polls';
        atOnce.calls -= 1;
        atOnce.polls += 1;
      },
      takeBytes: (count) => {
        bytes += count;
        atOnce.bytes += count;
        if (atOnce.bytes > BYTES_AT_ONCE) throw tooMuch('bytes at a time');
      },
      takeMessage: (count) => {
        if (!this.#messages.take(count)) throw tooMuch('bytes a second');
      },
      end: () => {
        atOnce[kind] -= 1;
        atOnce.bytes -= bytes;
      },
    };
  }

  /** Takes a piece of the agent package. Call the returned function once it has been read. Throws GrpcRefusal. */
  takePiece(): () => void {
    if (this.#atOnce.pieces >= PIECES_AT_ONCE) throw tooMuch('pieces at a time');
    if (!this.#pieces.take()) throw tooMuch('pieces a second');
    this.#atOnce.pieces += 1;
    return () => (this.#atOnce.pieces -= 1);
  }

  /** Whether nothing would be lost if it were forgotten. */
  get isIdle(): boolean {
    return (
      this.#atOnce.calls + this.#atOnce.polls + this.#atOnce.forwarded === 0 &&
      this.#now() - this.#calls.usedAt > FORGOTTEN_AFTER_MS
    );
  }

  /** Whether to log a refusal; then with how many that were not logged since the last one. */
  logRefusal(): { readonly unlogged: number } | undefined {
    if (!this.#logged.take()) {
      this.#unlogged += 1;
      return undefined;
    }
    const unlogged = this.#unlogged;
    this.#unlogged = 0;
    return { unlogged };
  }
}
