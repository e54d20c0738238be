/** Records that come together are written together, and each caller learns of its own. */
import { expect, it } from 'vitest';
import { AuditWriter } from '../../../../api/audit/writer.ts';
import type { AuditRecord } from '../../../../model/audit.ts';

const record = (n: number): AuditRecord => ({ at: n, event: { eventID: String(n) } as AuditRecord['event'] });

/** A store whose writes end when the test says so. */
function heldStore() {
  const writes: { ids: string[]; end: () => void; fail: (error: Error) => void }[] = [];
  const recordAudit = (records: readonly AuditRecord[]) =>
    new Promise<void>((resolve, reject) => {
      writes.push({ ids: records.map(({ event }) => event.eventID), end: resolve, fail: reject });
    });
  return { writes, recordAudit };
}

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
};

it('writes what came during a write in one further write, and says so only when it is done', async () => {
  const store = heldStore();
  const writer = new AuditWriter(store);
  const done: number[] = [];
  for (let n = 0; n < 6; n++) void writer.write(record(n)).then(() => done.push(n));
  expect(store.writes.map(({ ids }) => ids)).toEqual([['0']]);
  store.writes[0]!.end();
  await settled();
  expect(done).toEqual([0]);
  expect(store.writes[1]!.ids).toEqual(['1', '2', '3', '4', '5']);
  store.writes[1]!.end();
  await settled();
  expect(done).toEqual([0, 1, 2, 3, 4, 5]);
});

it('tells a failure to the callers of that write only', async () => {
  const store = heldStore();
  const writer = new AuditWriter(store);
  const results: string[] = [];
  const write = (n: number) =>
    void writer.write(record(n)).then(
      () => results.push(`${n} kept`),
      (error: unknown) => results.push(`${n} ${(error as Error).message}`),
    );
  [0, 1, 2].forEach(write);
  store.writes[0]!.end();
  await settled();
  store.writes[1]!.fail(new Error('lost'));
  await settled();
  write(3);
  store.writes[2]!.end();
  await settled();
  expect(results).toEqual(['0 kept', '1 lost', '2 lost', '3 kept']);
});
