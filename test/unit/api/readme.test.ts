/** The README lists the operations that are not built: exactly those that the API refuses by name. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { cloudtrailDoor } from '../../../api/cloudtrail/door.ts';
import { ecsCatalogue } from '../../../api/ecs/catalogue.ts';
import { operations } from '../../../api/ecs/operations/index.ts';
import { iamCatalogue } from '../../../api/iam/catalogue.ts';
import { operations as iamOperations } from '../../../api/iam/operations/index.ts';
import { secretsManagerDoor } from '../../../api/secretsmanager/door.ts';
import { ssmDoor } from '../../../api/ssm/door.ts';

test('README lists the operations that are not built, and counts them', () => {
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
  const answered = new Set(operations.map(({ name }) => name));
  const missing = ecsCatalogue.names.filter((name) => !answered.has(name));
  const listed = /- \*\*Operations\*\* \((\d+)\):([^]*?)\n- \*\*/.exec(readme);
  const named =
    (listed?.[2] ?? '').match(/\b[A-Z][A-Za-z]+\b/g)?.filter((word) => ecsCatalogue.names.includes(word)) ?? [];
  expect(named.sort()).toEqual(missing);
  expect(listed?.[1]).toBe(String(missing.length));
  expect(readme).toContain(`${answered.size} of ECS's ${ecsCatalogue.names.length} operations answer`);
});

test('README counts the operations of IAM that are built, all of which IAM has', () => {
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
  const built = new Set(iamOperations.map(({ name }) => name));
  expect(built.size).toBe(iamOperations.length);
  for (const name of built) expect(iamCatalogue.names).toContain(name);
  expect(readme).toContain(`${built.size} of its ${iamCatalogue.names.length} operations answer`);
});

test('README counts the operations of CloudTrail', () => {
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
  expect([...cloudtrailDoor.operations.keys()]).toEqual(['LookupEvents']);
  expect(readme).toContain(`1 of its ${cloudtrailDoor.catalogue.names.length} operations answers, LookupEvents`);
});

test.each([
  ['Secrets Manager', secretsManagerDoor],
  ['Systems Manager', ssmDoor],
])('README counts the operations of %s, all of which it has', (_name, { operations: built, catalogue }) => {
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
  for (const name of built.keys()) expect(catalogue.names).toContain(name);
  expect(readme).toContain(`${built.size} of its ${catalogue.names.length} operations answer`);
});
