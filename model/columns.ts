/**
 * Many like objects as columns, so that thousands of tasks fit into what a run hands to the next, and hundreds into a history's event. Temporal takes 2 MB;
 * written out, 5,000 tasks need nearly that, as columns a quarter of it. Plain JSON in, plain JSON out.
 */

/** `Row`: what one of the objects is. */
export interface Columns<Row extends object = PlainRow> {
  readonly rows: number;
  readonly columns: { readonly [Name in keyof Row]?: Column };
}

type PlainRow = Readonly<Record<string, unknown>>;

type Column = PlainColumn | ListColumn;

/**
 * `values` alone: one a row, or a single one that every row has. With `index`: each distinct value once, and per row its
 * place among them; -1 = the row lacks the member.
 */
interface PlainColumn {
  readonly values: readonly unknown[];
  readonly index?: readonly number[];
}

/** Lists of objects, no two of them alike: what is in all the lists, one list after the other, and the length of each. */
interface ListColumn {
  readonly lists: Columns;
  readonly lengths: PlainColumn;
}

export function toColumns<Row extends object>(rows: readonly Row[]): Columns<Row> {
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  const columns = [...names].map((name) => [name, toColumn(rows.map((row) => memberOf(row, name)))] as const);
  return { rows: rows.length, columns: Object.fromEntries(columns) as Columns<Row>['columns'] };
}

/** The objects that `toColumns` was given; members that were undefined are absent. */
export function fromColumns<Row extends object>({ rows, columns }: Columns<Row>): readonly Row[] {
  const entries = Object.entries<Column>(columns as Readonly<Record<string, Column>>).map(
    ([name, column]) => [name, valuesOf(column, rows)] as const,
  );
  return Array.from({ length: rows }, (_, row) => {
    const members = entries.flatMap(([name, values]) => {
      const value = values[row];
      return value === undefined ? [] : [[name, value] as const];
    });
    return Object.fromEntries(members) as Row;
  });
}

/** Its own: every object has a `__proto__`. */
const memberOf = (row: object, name: string): unknown =>
  Object.hasOwn(row, name) ? (row as PlainRow)[name] : undefined;

function toColumn(values: readonly unknown[]): Column {
  const column = toPlainColumn(values);
  const isWrittenOut = column.index === undefined && column.values.length > 1;
  return isWrittenOut && values.every(isListOfObjects)
    ? { lists: toColumns(values.flat()), lengths: toPlainColumn(values.map((list) => list.length)) }
    : column;
}

function toPlainColumn(values: readonly unknown[]): PlainColumn {
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
  if (distinct.length === values.length) return { values };
  return distinct.length === 1 && !index.includes(-1) ? { values: distinct } : { values: distinct, index };
}

const isListOfObjects = (value: unknown): value is readonly object[] =>
  Array.isArray(value) && value.every((one: unknown) => typeof one === 'object' && one !== null && !Array.isArray(one));

/** One a row; undefined: the row lacks the member. */
function valuesOf(column: Column, rows: number): readonly unknown[] {
  if ('lists' in column) return listsOf(column, rows);
  const { values, index } = column;
  if (index) return index.map((place) => values[place]);
  return values.length === 1 ? Array.from({ length: rows }, () => values[0]) : values;
}

function listsOf({ lists, lengths }: ListColumn, rows: number): readonly unknown[] {
  const items = fromColumns(lists).values();
  const next = (): unknown => items.next().value;
  return valuesOf(lengths, rows).map((length) => Array.from({ length: Number(length) }, next));
}
