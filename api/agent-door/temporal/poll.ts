/** A poll for work, which may wait for a minute: it ends with its call, and with the connection that it came on. */
import { status } from '@grpc/grpc-js';
import { GrpcRefusal } from '../grpc/status.ts';
import type { CallBounds } from './upstream.ts';

/**
 * What the poll resolves to. `ending` is its connection's: the agent repeats a poll that ends by it elsewhere. Nothing of the poll
 * stays with the connection, which sees a great many of them.
 */
export async function untilEnding<T>(
  ending: AbortSignal,
  call: CallBounds,
  poll: (bounds: CallBounds) => Promise<T>,
): Promise<T> {
  // Of each AbortSignal.any, Node.js 20 keeps some kilobytes for as long as the connection's signal lives.
  const over = new AbortController();
  const end = (): void => over.abort();
  const signals = [ending, call.signal];
  if (signals.some(({ aborted }) => aborted)) end();
  for (const signal of signals) signal.addEventListener('abort', end);
  try {
    return await poll({ signal: over.signal, deadline: call.deadline });
  } catch (error) {
    if (ending.aborted) throw new GrpcRefusal(status.UNAVAILABLE, 'The agent door closes.');
    throw error;
  } finally {
    for (const signal of signals) signal.removeEventListener('abort', end);
  }
}
