/** docs/task-definitions.md: what it says of each member is what registration does, and it lacks no member of the API's model. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ecsCatalogue } from '../../../../../api/ecs/catalogue.ts';
import { resolveOverrides } from '../../../../../api/ecs/rules/overrides.ts';
import { compatibilitiesOf } from '../../../../../api/ecs/operations/register-task-definition/compatibilities.ts';
import { checkDefinition } from '../../../../../api/ecs/rules/task-definition/index.ts';
import type { Shape } from '../../../../../api/protocol/shapes.ts';
import { isEcsError } from '../../../../../model/errors.ts';
import { NOT_BUILT } from '../../../../../tools/task-definition-members/advice.ts';
import { MEMBERS } from '../../../../../tools/task-definition-members/index.ts';
import type { Member } from '../../../../../tools/task-definition-members/member.ts';
import { TABLE_FILE, withTables } from '../../../../../tools/task-definition-members/table.ts';
import { fargate } from './builders.ts';
import { DEFINITION_SAMPLES, OVERRIDE_SAMPLES } from './member-samples.ts';

/** The paths of a shape's values, as the list writes them. */
function leavesOf(shape: Shape, path: string): readonly string[] {
  switch (shape.kind) {
    case 'structure':
      return shape.members.flatMap((m) => leavesOf(m.shape, path === '' ? m.name : `${path}.${m.name}`));
    case 'list':
      return leavesOf(shape.element, `${path}[]`);
    case 'map':
      return leavesOf(shape.value, `${path}{}`);
    default:
      return [path];
  }
}

/** The paths of the values that a sample has. */
function pathsIn(value: unknown, path: string): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => pathsIn(item, `${path}[]`));
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, member]) => [
    ...pathsIn(member, path === '' ? name : `${path}.${name}`),
    `${path}{}`,
  ]);
}

const plain = (path: string): string => path.replace(/=.*$/, '');

/** The refusal's text; undefined if nothing refuses it. */
function refusalOf(check: () => unknown): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (isEcsError(error)) return error.message;
    throw error;
  }
}

const members: readonly Member[] = MEMBERS;
const ofDefinitions = members.filter(({ path }) => path in DEFINITION_SAMPLES);
const ofOverrides = members.filter(({ path }) => path in OVERRIDE_SAMPLES);

const base = {
  ...fargate({}, { requiresCompatibilities: [] }),
  taskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1',
  family: 'web',
  revision: 1,
  registeredAt: 0,
};
const overridable = { ...base, compatibilities: compatibilitiesOf(base) };

describe('the list of members', () => {
  it('has every member of RegisterTaskDefinition and of overrides, once', () => {
    const request = ecsCatalogue.shapesOf('RegisterTaskDefinition')!.input;
    const overrides = ecsCatalogue.shapesOf('RunTask')!.input.members.find(({ name }) => name === 'overrides')!;
    const model = [...leavesOf(request, ''), ...leavesOf(overrides.shape, 'overrides')];
    const listed = members.map(({ path }) => path);
    expect(new Set(listed).size).toBe(listed.length);
    expect([...new Set(listed.map(plain))].sort()).toEqual([...model].sort());
  });

  it.each(ofDefinitions)('$path: $verdict', ({ path, verdict, words }) => {
    const sample = DEFINITION_SAMPLES[path as keyof typeof DEFINITION_SAMPLES];
    expect(pathsIn(sample, '')).toContain(plain(path));
    const refusal = refusalOf(() => checkDefinition(sample));
    if (verdict !== 'refused') expect(refusal).toBeUndefined();
    else expect(refusal).toContain(words === NOT_BUILT ? 'is not supported by Longshore yet.' : words);
  });

  it.each(ofOverrides)('$path: $verdict', ({ path, verdict, words }) => {
    const sample = OVERRIDE_SAMPLES[path as keyof typeof OVERRIDE_SAMPLES];
    expect(pathsIn(sample, 'overrides')).toContain(plain(path));
    const refusal = refusalOf(() => resolveOverrides(sample, overridable));
    if (verdict !== 'refused') expect(refusal).toBeUndefined();
    else expect(refusal).toContain(words === NOT_BUILT ? 'is not supported by Longshore yet.' : words);
  });

  it('is what docs/task-definitions.md shows: npm run task-definition-table writes it', () => {
    const page = readFileSync(TABLE_FILE, 'utf8');
    expect(page).toBe(withTables(page));
  });
});
