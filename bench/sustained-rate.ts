/** How busy something was for a while: a single crowded second tells little, but ten seconds tell much. */

/** Events a second in the busiest span of `spanMs`, wherever it begins. The times are milliseconds in any order. */
export function sustainedRate(times: readonly number[], spanMs: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  let most = 0;
  let first = 0;
  for (const [last, time] of sorted.entries()) {
    while (time - (sorted[first] ?? time) >= spanMs) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most / (spanMs / 1000);
}
