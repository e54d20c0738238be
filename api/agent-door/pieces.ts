/** Pieces of the agent package on their way: each takes memory until its agent has read it, so few are at a time. */
import { constants, type ServerHttp2Stream } from 'node:http2';
import { status } from '@grpc/grpc-js';
import { GrpcRefusal } from './grpc/status.ts';
import type { AgentShare } from './limits.ts';

/** Of all agents. Others ask again a little later. */
const PIECES_AT_ONCE = 16;
/** An agent that reads more slowly makes room for others, and asks again. */
const LONGEST_MS = 60_000;

export class Pieces {
  #underWay = 0;

  /** Counts a piece of this agent until the stream of its answer ends. Throws GrpcRefusal if there are too many. */
  begin(share: AgentShare, stream: ServerHttp2Stream): void {
    if (stream.closed || stream.destroyed) throw new GrpcRefusal(status.CANCELLED, 'The caller is gone.');
    if (this.#underWay >= PIECES_AT_ONCE)
      throw new GrpcRefusal(status.RESOURCE_EXHAUSTED, 'Too many agents fetch their package at present.');
    const ended = share.takePiece();
    this.#underWay += 1;
    const timer = setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), LONGEST_MS);
    stream.once('close', () => {
      clearTimeout(timer);
      this.#underWay -= 1;
      ended();
    });
  }
}
