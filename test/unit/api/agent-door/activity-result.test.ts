/** What an agent's activity may answer with. */
import { status } from '@grpc/grpc-js';
import { defaultPayloadConverter } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { checkedResult } from '../../../../api/agent-door/temporal/activity-result.ts';
import { newId } from '../../../../fixtures/records.ts';
import { fromColumns, toColumns } from '../../../../model/columns.ts';
import type { TaskReport } from '../../../../model/task.ts';

const identity = { containerInstanceId: newId() };
const payloadOf = (value: unknown) => ({ payloads: [defaultPayloadConverter.toPayload(value)] });
const valueOf = (result: ReturnType<typeof checkedResult>): unknown =>
  defaultPayloadConverter.fromPayload(result!.payloads![0]!);

const aReport = (members: Partial<TaskReport> = {}): TaskReport => ({
  taskId: newId(),
  reportedAt: 1,
  containerInstanceId: identity.containerInstanceId,
  lastStatus: 'RUNNING',
  containers: [
    {
      name: 'web',
      lastStatus: 'RUNNING',
      networkBindings: [{ bindIP: '0.0.0.0', containerPort: 80, hostPort: 32_768, protocol: 'tcp' }],
    },
  ],
  ...members,
});

describe('passes', () => {
  it('nothing', () => {
    expect(checkedResult(null, identity)).toBeNull();
    expect(valueOf(checkedResult(payloadOf(undefined), identity))).toBeUndefined();
  });

  it.each([0, 1, 2, 50])('%s reports', (count) => {
    const reports = Array.from({ length: count }, (_, i) =>
      aReport(i % 2 === 0 ? {} : { containers: [], stoppedAt: i }),
    );
    const result = checkedResult(payloadOf(toColumns(reports)), identity);
    expect(fromColumns(valueOf(result) as never)).toEqual(reports);
  });

  it('what it knows of a report, without the rest', () => {
    const told = { ...aReport(), more: 'x' };
    const result = checkedResult(payloadOf(toColumns([told])), identity);
    expect(fromColumns(valueOf(result) as never)).toEqual([expect.not.objectContaining({ more: 'x' })]);
  });
});

describe('refuses', () => {
  const refusal = (code: status) => expect.objectContaining({ code }) as Error;
  const bomb = { values: [1_000_000_000] };

  it('a report in another instance’s name', () => {
    const foreign = toColumns([aReport(), aReport({ containerInstanceId: newId() })]);
    expect(() => checkedResult(payloadOf(foreign), identity)).toThrow(refusal(status.PERMISSION_DENIED));
  });

  it.each<[string, unknown]>([
    ['text', 'done'],
    ['a report that is not packed', aReport()],
    ['a status that there is none of', toColumns([{ ...aReport(), lastStatus: 'GONE' }])],
    ['a member of another kind', toColumns([{ ...aReport(), containers: [null] }])],
    ['more rows than an agent answers with', { rows: 1_001, columns: {} }],
    ['rows that would fill the memory', { rows: 1_000_000_000, columns: {} }],
    [
      'a list that would fill the memory',
      { rows: 1, columns: { containers: { lists: { rows: 0, columns: {} }, lengths: bomb } } },
    ],
    [
      'lists that would fill it together',
      { rows: 1_000, columns: { containers: { lists: { rows: 0, columns: {} }, lengths: { values: [20_000] } } } },
    ],
    [
      'lists of lists that would',
      {
        rows: 1,
        columns: {
          containers: {
            lists: {
              rows: 20_000,
              columns: { networkBindings: { lists: { rows: 0, columns: {} }, lengths: { values: [2] } } },
            },
            lengths: { values: [1] },
          },
        },
      },
    ],
  ])('%s', (_name, value) => {
    expect(() => checkedResult(payloadOf(value), identity)).toThrow(refusal(status.INVALID_ARGUMENT));
  });

  it('several values, bytes, and JSON that is none', () => {
    const [one] = payloadOf(toColumns([aReport()])).payloads;
    const broken = { ...one!, data: Buffer.from('{') };
    for (const result of [{ payloads: [one!, one!] }, payloadOf(Buffer.from('x')), { payloads: [broken] }])
      expect(() => checkedResult(result, identity)).toThrow(refusal(status.INVALID_ARGUMENT));
  });
});
