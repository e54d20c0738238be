/** SipHash-1-3 with a key of zeros, with which the SDK's core makes a run's random seed from the run's id. */
const MASK = (1n << 64n) - 1n;
const rotated = (value: bigint, by: bigint): bigint => ((value << by) | (value >> (64n - by))) & MASK;

type State = [bigint, bigint, bigint, bigint];

function round(v: State): void {
  v[0] = (v[0] + v[1]) & MASK;
  v[1] = rotated(v[1], 13n) ^ v[0];
  v[0] = rotated(v[0], 32n);
  v[2] = (v[2] + v[3]) & MASK;
  v[3] = rotated(v[3], 16n) ^ v[2];
  v[0] = (v[0] + v[3]) & MASK;
  v[3] = rotated(v[3], 21n) ^ v[0];
  v[2] = (v[2] + v[1]) & MASK;
  v[1] = rotated(v[1], 17n) ^ v[2];
  v[2] = rotated(v[2], 32n);
}

function sipHash13(bytes: Buffer): bigint {
  const v: State = [0x736f6d6570736575n, 0x646f72616e646f6dn, 0x6c7967656e657261n, 0x7465646279746573n];
  const padded = Buffer.alloc((Math.floor(bytes.length / 8) + 1) * 8);
  bytes.copy(padded);
  padded[padded.length - 1] = bytes.length & 0xff;
  for (let at = 0; at < padded.length; at += 8) {
    const word = padded.readBigUInt64LE(at);
    v[3] ^= word;
    round(v);
    v[0] ^= word;
  }
  v[2] ^= 0xffn;
  for (let i = 0; i < 3; i += 1) round(v);
  return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/** A run's random seed, as the SDK hands it to the workflow. */
export function randomnessSeedOf(runId: string): readonly number[] {
  const seed = Buffer.alloc(8);
  // Rust adds a final byte when it hashes a string.
  seed.writeBigUInt64BE(sipHash13(Buffer.concat([Buffer.from(runId), Buffer.of(0xff)])));
  return [...seed];
}
