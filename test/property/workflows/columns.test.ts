/** Columns, the form in which workflows carry rows. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Columns, fromColumns, toColumns } from '../../../model/columns.ts';

const value = fc.oneof(fc.constantFrom('RUNNING', 'PENDING', 0, 1, true, null), fc.string(), fc.jsonValue());
const container = fc.record({ name: fc.string(), at: value }, { requiredKeys: [] });
const name = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'toString'));
const anyObject = fc.dictionary(name, fc.constantFrom(0, 'a'), { maxKeys: 3 });
const row = fc.record(
  {
    taskId: fc.uuid(),
    status: value,
    at: value,
    gpus: fc.array(fc.string()),
    containers: fc.oneof(fc.array(container), fc.array(anyObject)),
  },
  { requiredKeys: ['taskId'] },
);

describe('columns', () => {
  it('give back the rows that they were made from, also through JSON', () => {
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const plain = JSON.parse(JSON.stringify(rows));
        expect(fromColumns(JSON.parse(JSON.stringify(toColumns(rows))) as Columns)).toEqual(plain);
      }),
    );
  });

  it('repeat nothing within the lists of the rows', () => {
    const digest = `sha256:${'d'.repeat(64)}`;
    const rows = Array.from({ length: 100 }, (_, i) => ({
      containers: [{ name: 'main', lastStatus: 'RUNNING', runtimeId: i.toString(16).padStart(64, '0'), digest }],
    }));
    const columns = toColumns(rows);
    expect(fromColumns(columns)).toEqual(rows);
    expect(JSON.stringify(columns).length).toBeLessThan(100 * 70);
  });

  it('take a quarter of the room for a service of 5,000 tasks', () => {
    const id = (i: number): string => i.toString(16).padStart(32, '0');
    const tasks = Array.from({ length: 5_000 }, (_, i) => ({
      taskId: id(i),
      deploymentId: 'ecs-svc/1234567890123456789',
      containerInstanceId: id(i % 1_000),
      availabilityZone: `zone-${i % 3}`,
      lastStatus: 'RUNNING',
      desiredStatus: 'RUNNING',
      healthStatus: 'UNKNOWN',
      hasHealthCheck: false,
      createdAt: 1_795_246_005_422,
      startedAt: 1_795_246_005_422 + (i % 500),
      version: 2,
    }));
    const size = JSON.stringify(toColumns(tasks)).length;
    expect(size).toBeLessThan(500_000);
    expect(size * 3).toBeLessThan(JSON.stringify(tasks).length);
  });
});
