/** Waits for two results that were requested at once. If both fail, throws the first one's error. */
export async function both<First, Second>(first: Promise<First>, second: Promise<Second>): Promise<[First, Second]> {
  second.catch(() => undefined);
  return [await first, await second];
}
