/** What a bench measures and how it is shown: each figure with its reference and the reach that it should have. */

export interface BenchRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What the value is compared with: measured in the same run, or a published figure. */
  readonly reference?: { readonly name: string; readonly value: number };
  /** The ratio of value and reference; the reach tells which way round. */
  readonly ratio?: number;
  /** Absent: the row is only reported. */
  readonly reach?: string;
  readonly reached?: boolean;
}

/** Value ÷ reference, at most `most`: how many times longer Longshore takes. */
export function timesReference(row: BenchRow & Referenced, most: number): BenchRow {
  const ratio = row.value / row.reference.value;
  return { ...row, ratio, reach: `≤ ${most} ×`, reached: ratio <= most };
}

/** Reference ÷ value, at least `least`: how many times faster Longshore is. */
export function timesFaster(row: BenchRow & Referenced, least: number): BenchRow {
  const ratio = row.reference.value / row.value;
  return { ...row, ratio, reach: `≥ ${least} × faster`, reached: ratio >= least };
}

/** Value ÷ reference, at least `least`: how many times more Longshore does in a second. */
export function timesMore(row: BenchRow & Referenced, least: number): BenchRow {
  const ratio = row.value / row.reference.value;
  return { ...row, ratio, reach: `≥ ${least} × more`, reached: ratio >= least };
}

/** A bound on the value itself, without a reference. */
export const atMost = (row: BenchRow, most: number): BenchRow => ({
  ...row,
  reach: `≤ ${most} ${row.unit}`,
  reached: row.value <= most,
});

/** The row without a reach, only reported. */
export function withoutReach({ name, value, unit, reference, ratio }: BenchRow): BenchRow {
  return { name, value, unit, ...(reference ? { reference } : {}), ...(ratio === undefined ? {} : { ratio }) };
}

/** Reference ÷ value without a reach: how many times faster Longshore is. */
export const compared = (row: BenchRow & Referenced): BenchRow => ({ ...row, ratio: row.reference.value / row.value });

type Referenced = Required<Pick<BenchRow, 'reference'>>;

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** The smallest value that at least this share of all values does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(Math.ceil(sorted.length * share) - 1, 0)] ?? Number.NaN;
}

const rounded = (value: number): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: Math.abs(value) < 10 ? 2 : 0 });

function cells(row: BenchRow): readonly string[] {
  const mark = row.reached === undefined ? '' : row.reached ? ' ✓' : ' ✗';
  return [
    row.name,
    `${rounded(row.value)} ${row.unit}`,
    row.reference === undefined ? '' : `${rounded(row.reference.value)} ${row.reference.name}`,
    row.ratio === undefined ? '' : rounded(row.ratio),
    `${row.reach ?? ''}${mark}`,
  ];
}

/** The rows as a table for people. */
export function tableOf(rows: readonly BenchRow[]): string {
  const lines = [['figure', 'value', 'reference', 'ratio', 'reach'], ...rows.map(cells)];
  const widths = lines[0]?.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0))) ?? [];
  return lines
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
