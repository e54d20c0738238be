/** A token bucket. Pure: time comes in as a value. */

/** `burst` calls at once at the most, and `perSecond` calls a second from then on. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

export interface Bucket {
  readonly tokens: number;
  /** Milliseconds, from any beginning: when there were so many tokens. */
  readonly at: number;
}

export const fullBucket = ({ burst }: Rate, now: number): Bucket => ({ tokens: burst, at: now });

/**
 * Takes one token, or `count`; without so many whole tokens nothing is taken. `now` is in milliseconds. A time before the bucket's
 * own fills nothing, and so does the same time twice.
 */
export function takeToken(
  { tokens, at }: Bucket,
  { burst, perSecond }: Rate,
  now: number,
  count = 1,
): { readonly bucket: Bucket; readonly isTaken: boolean } {
  const passed = Math.max(0, now - at);
  const filled = { tokens: Math.min(burst, tokens + (passed / 1000) * perSecond), at: at + passed };
  return filled.tokens < count
    ? { bucket: filled, isTaken: false }
    : { bucket: { ...filled, tokens: filled.tokens - count }, isTaken: true };
}
