/** Times as people give them to `longshore audit`. Pure. */
const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `2h` ago, or a time in ISO 8601, as ISO 8601. Throws Error that names the option. */
export function timeOf(option: string, text: string, now: number): string {
  const [, amount, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const at = amount === undefined ? Date.parse(text) : now - Number(amount) * (UNIT_MS[unit] ?? 0);
  if (!Number.isNaN(at)) return new Date(at).toISOString();
  throw new Error(`${option} must be a time such as 2026-11-30T16:00:00Z, or 90m, 2h or 7d ago.`);
}
