/**
 * What an agent's activity returns: nothing, or reports of its tasks as columns. The worker reads them as its own kind's, so
 * the door lets through only reports that are well formed and of this instance, in a form that it wrote itself.
 */
import { status } from '@grpc/grpc-js';
import type { temporal } from '@temporalio/proto';
import { z } from 'zod';
import { type Columns, fromColumns, toColumns } from '../../../model/columns.ts';
import type { TaskReport } from '../../../model/task.ts';
import { listOf, taskReport } from '../calls/schemas.ts';
import { Forbidden, GrpcRefusal } from '../grpc/status.ts';
import type { AgentIdentity } from '../identity.ts';

type Payload = temporal.api.common.v1.IPayload;
type Payloads = temporal.api.common.v1.IPayloads;

/** The agent answers with no more reports. */
const MOST_REPORTS = 1_000;
/** Of all lists of one kind in them, such as all containers. */
const MOST_ITEMS = 20_000;
const DEEPEST = 4;

const whole = z.number().int();
const values = z.array(z.unknown()).max(MOST_ITEMS);
const index = listOf(whole, MOST_ITEMS).exactOptional();
const plain = z.strictObject({ values, index });

/** Columns that unpack to bounded objects: few bytes could ask for a list that fills the memory. */
function boundedColumns(most: number, depth: number): z.ZodType<Columns> {
  const lists = depth === 0 ? z.never() : boundedColumns(MOST_ITEMS, depth - 1);
  const lengths = z.strictObject({ values: listOf(whole.min(0).max(MOST_ITEMS), MOST_ITEMS), index });
  const column = z.union([plain, z.strictObject({ lists, lengths })]);
  return z
    .object({ rows: whole.min(0).max(most), columns: z.record(z.string().max(100), column) })
    .refine(({ rows, columns }) => Object.values(columns).every((each) => itemsOf(each, rows) <= MOST_ITEMS));
}

type Column =
  | z.infer<typeof plain>
  | { readonly lists: unknown; readonly lengths: { readonly values: number[]; readonly index?: number[] } };

/** How many items a column unpacks to. */
function itemsOf(column: Column, rows: number): number {
  if (!('lists' in column)) return column.index?.length ?? rows;
  const { values: each, index: places } = column.lengths;
  const of = (length: number | undefined): number => length ?? 0;
  if (places !== undefined) return places.reduce((sum, place) => sum + of(each[place]), 0);
  return each.length === 1 ? of(each[0]) * rows : each.reduce((sum, length) => sum + length, 0);
}

const answer = boundedColumns(MOST_REPORTS, DEEPEST);
const reports = z.array(taskReport);

/** The result for Temporal. Throws GrpcRefusal. */
export function checkedResult(
  result: Payloads | null | undefined,
  { containerInstanceId }: Pick<AgentIdentity, 'containerInstanceId'>,
): Payloads | null {
  const [payload, ...more] = result?.payloads ?? [];
  if (payload === undefined || encodingOf(payload) === 'binary/null')
    return more.length === 0 ? nothing(payload) : malformed();
  if (more.length > 0 || encodingOf(payload) !== 'json/plain') return malformed();
  const told = reportsIn(payload);
  const foreign = told.find((report) => report.containerInstanceId !== containerInstanceId);
  if (foreign !== undefined) throw new Forbidden(`The task ${foreign.taskId} is not reported by its own instance.`);
  return {
    payloads: [
      { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(JSON.stringify(toColumns(told))) },
    ],
  };
}

const nothing = (payload: Payload | undefined): Payloads | null =>
  payload === undefined ? null : { payloads: [{ metadata: { encoding: Buffer.from('binary/null') } }] };

function reportsIn({ data }: Payload): readonly TaskReport[] {
  const packed = answer.safeParse(parsed(data));
  if (!packed.success) return malformed();
  const unpacked = reports.safeParse(fromColumns(packed.data));
  return unpacked.success ? unpacked.data : malformed();
}

function parsed(data: Uint8Array | null | undefined): unknown {
  try {
    return JSON.parse(Buffer.from(data ?? []).toString('utf8'));
  } catch {
    return undefined;
  }
}

const encodingOf = ({ metadata }: Payload): string => Buffer.from(metadata?.['encoding'] ?? []).toString('utf8');

function malformed(): never {
  throw new GrpcRefusal(
    status.INVALID_ARGUMENT,
    'An activity of an agent answers with reports on its tasks, or with nothing.',
  );
}
