import type { Room } from '../room.ts';
import type { Ordering } from './ordering.ts';

/**
 * A uniform choice that depends on the seed and the instance's id alone, never on the order of columns. Each instance has its
 * own stream of arrival times (a Poisson process); the next task goes to the earliest arrival, which is any instance
 * with equal probability, whatever went before. Never ties: of equal arrivals the smaller id wins.
 */
export function randomOrdering(room: Room, seed: number): Ordering {
  const state = new Int32Array(room.size);
  const arrival = new Float64Array(room.size);
  const advance = (instance: number): void => {
    state[instance] = mix((state[instance] ?? 0) + 0x9e3779b9);
    const uniform = ((state[instance] >>> 0) + 1) / 0x100000001;
    arrival[instance] = (arrival[instance] ?? 0) - Math.log(uniform);
  };
  for (let i = 0; i < room.size; i++) {
    state[i] = mix(hashText(room.id(i)) ^ mix(seed));
    advance(i);
  }
  return {
    by: 'chance',
    compare: (a, b) => (arrival[a] ?? 0) - (arrival[b] ?? 0) || (room.id(a) < room.id(b) ? -1 : 1),
    record: advance,
  };
}

/** FNV-1a over UTF-16 units. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

/** Spreads every input bit over all 32 output bits (the finaliser of MurmurHash3). */
function mix(value: number): number {
  let mixed = value | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
