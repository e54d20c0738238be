/**
 * Many like objects as columns, so that thousands of tasks fit into what a run hands to the next, and hundreds into a history's event. Temporal takes 2 MB;
 * written out, 5,000 tasks need nearly that, as columns a quarter of it. Plain JSON in, plain JSON out.
 */

export interface Columns {
  readonly rows: number;
  readonly columns: Readonly<Record<string, Column>>;
}

/** `values` alone: one a row. With `index`: each distinct value once, and per row its place among them; -1 = the row lacks the member. */
interface Column {
  readonly values: readonly unknown[];
  readonly index?: readonly number[];
}

export function toColumns(rows: readonly object[]): Columns {
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  const columns = [...names].map((name) => [name, toColumn(rows.map((row) => (row as Row)[name]))] as const);
  return { rows: rows.length, columns: Object.fromEntries(columns) };
}

/** The objects that `toColumns` was given; members that were undefined are absent. */
export function fromColumns({ rows, columns }: Columns): readonly Row[] {
  const entries = Object.entries(columns);
  return Array.from({ length: rows }, (_, row) => {
    const members = entries.flatMap(([name, { values, index }]) => {
      const place = index ? (index[row] ?? -1) : row;
      return place < 0 ? [] : [[name, values[place]] as const];
    });
    return Object.fromEntries(members);
  });
}

type Row = Readonly<Record<string, unknown>>;

function toColumn(values: readonly unknown[]): Column {
  const places = new Map<string | undefined, number>();
  const distinct: unknown[] = [];
  const index = values.map((value) => {
    const text = JSON.stringify(value) as string | undefined;
    if (text === undefined) return -1;
    const known = places.get(text);
    if (known !== undefined) return known;
    places.set(text, distinct.length);
    return distinct.push(value) - 1;
  });
  return distinct.length === values.length ? { values } : { values: distinct, index };
}
