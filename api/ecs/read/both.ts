/** Waits for two things asked for at once; when both are refused, the first one's refusal is thrown. */
export async function both<First, Second>(first: Promise<First>, second: Promise<Second>): Promise<[First, Second]> {
  second.catch(() => undefined);
  return [await first, await second];
}
