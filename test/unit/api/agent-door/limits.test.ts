/** How much of the agent door one agent may take. */
import { status } from '@grpc/grpc-js';
import { beforeEach, expect, it } from 'vitest';
import { AgentShare } from '../../../../api/agent-door/limits.ts';

let now = 0;
let share: AgentShare;
beforeEach(() => {
  now = 0;
  share = new AgentShare(() => now);
});
const tooMuch = expect.objectContaining({ code: status.RESOURCE_EXHAUSTED }) as Error;
const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

it('calls at a time are bounded, and one that ends makes room', () => {
  const calls = times(128, () => share.admit());
  expect(() => share.admit()).toThrow(tooMuch);
  calls[0]!.end();
  share.admit().end();
});

it('polls count apart from calls: neither takes the other’s room', () => {
  const poll = (): void => share.admit().waits();
  times(8, poll);
  const calls = times(127, () => share.admit());
  const ninth = share.admit();
  expect(() => ninth.waits()).toThrow(tooMuch);
  ninth.end();
  for (const call of calls) call.end();
  share.admit().end();
});

it('calls a second are bounded, and time makes room', () => {
  times(1_000, () => share.admit().end());
  expect(() => share.admit()).toThrow(tooMuch);
  now += 10;
  times(5, () => share.admit().end());
  expect(() => share.admit()).toThrow(tooMuch);
});

it('bytes at a time are bounded over all calls', () => {
  const [first, second] = [share.admit(), share.admit()];
  first.takeBytes(10 * 1024 * 1024);
  expect(() => second.takeBytes(10 * 1024 * 1024)).toThrow(tooMuch);
  second.end();
  first.end();
  share.admit().takeBytes(16 * 1024 * 1024);
});

it('bytes a second are bounded: a whole message passes or takes nothing', () => {
  const MIB = 1024 * 1024;
  const message = (bytes: number): void => {
    const call = share.admit();
    try {
      call.takeMessage(bytes);
    } finally {
      call.end();
    }
  };
  message(4 * MIB);
  expect(() => message(1)).toThrow(tooMuch);
  now += 2_000;
  expect(() => message(MIB)).toThrow(tooMuch);
  message(MIB / 2);
  expect(() => message(1)).toThrow(tooMuch);
  now += 16_000;
  message(4 * MIB);
});

it('refusals are logged ten at once, later ones with how many were not', () => {
  expect(times(12, () => share.logRefusal()).filter((each) => each !== undefined)).toHaveLength(10);
  now += 10_000;
  expect(share.logRefusal()).toEqual({ unlogged: 2 });
});

it('is forgotten only when nothing is under way and its rate is whole again', () => {
  const call = share.admit();
  now += 121_000;
  expect(share.isIdle).toBe(false);
  call.end();
  expect(share.isIdle).toBe(true);
  share.admit().end();
  expect(share.isIdle).toBe(false);
});

it('calls of containers take nothing of what the agent needs for itself', () => {
  const forwarded = times(32, () => share.admit('forwarded'));
  expect(() => share.admit('forwarded')).toThrow(/calls of tasks at a time/);
  for (const call of forwarded.slice(0, 16)) call.takeBytes(1024 * 1024);
  expect(() => forwarded[16]?.takeBytes(1)).toThrow(/bytes of tasks at a time/);
  for (const call of forwarded) call.end();
  expect(() => times(1_000, () => share.admit('forwarded').end())).toThrow(/calls of tasks a second/);
  for (const call of times(128, () => share.admit())) {
    call.takeBytes(100_000);
    call.end();
  }
});
