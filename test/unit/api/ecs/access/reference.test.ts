/** Every operation asks for what AWS's service authorization reference has for it. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { accessOf } from '../../../../../api/ecs/access/index.ts';
import type { Access } from '../../../../../api/ecs/access/access.ts';
import { operations } from '../../../../../api/ecs/operations/index.ts';
import { PARTITION, SAMPLES } from './samples.ts';

interface Reference {
  readonly actions: Readonly<
    Record<
      string,
      {
        readonly resourceTypes: readonly {
          readonly name: string;
          readonly required: boolean;
          readonly conditionKeys: readonly string[];
        }[];
        readonly conditionKeys: readonly string[];
      }
    >
  >;
  readonly resourceTypes: Readonly<Record<string, { readonly arn: string }>>;
}

const reference = (service: string): Reference =>
  JSON.parse(
    readFileSync(new URL(`../../../../../api/auth/policy/reference/${service}.json`, import.meta.url), 'utf8'),
  ) as Reference;
const REFERENCES: Readonly<Record<string, Reference>> = { ecs: reference('ecs'), iam: reference('iam') };

const partsOf = (action: string): readonly [Reference, string] => {
  const [service = '', name = ''] = action.split(':');
  return [REFERENCES[service]!, name];
};

const SIZES = 'The request has no size; the task definition has it, and AWS does not say that its size counts.';

/** Keys of the reference that no request gives, with the reason. */
const NOT_GIVEN: Readonly<Record<string, string>> = {
  'ecs:CreateService ecs:task-cpu': SIZES,
  'ecs:CreateService ecs:task-memory': SIZES,
  'ecs:UpdateService ecs:task-cpu': SIZES,
  'ecs:UpdateService ecs:task-memory': SIZES,
  'ecs:RegisterTaskDefinition aws:ResourceTag/${TagKey}': 'The next revision has no tags yet.',
  'iam:PassRole iam:AssociatedResourceArn': 'AWS names no ARNs for what ECS does with a role.',
  'ecs:TagResource ecs:CreateAction': 'TagResource itself creates nothing; with a create, the key is given.',
};

const all = (operation: string): readonly Access[] =>
  accessOf(operation, SAMPLES[operation]!, { partition: PARTITION });

const shapeOf = (format: string): RegExp =>
  new RegExp(
    `^${format.replaceAll(/\$\{(Partition|Region|Account)\}/g, '[^:]+').replaceAll(/\$\{[A-Za-z]+\}/g, '.+')}$`,
  );

const hasTemplate = (template: string, given: readonly string[]): boolean => {
  const prefix = template.replace('${TagKey}', '');
  return given.some((key) => key === template || (prefix !== template && key.startsWith(prefix)));
};

/** The keys that an access gives, those of the resources' tags included. */
const given = ({ context, tagged }: Access): readonly string[] => [
  ...Object.keys(context),
  ...(tagged ? ['aws:ResourceTag/${TagKey}', 'ecs:ResourceTag/${TagKey}'] : []),
];

describe.each(operations.map(({ name }) => name))('%s', (operation) => {
  it('first asks for the action of its name', () => {
    expect(all(operation)[0]?.action).toBe(`ecs:${operation}`);
  });

  it('asks for actions, resource types and keys that the reference has', () => {
    for (const access of all(operation)) {
      const [{ actions, resourceTypes }, name] = partsOf(access.action);
      const action = actions[name];
      expect(action, access.action).toBeDefined();
      const shapes = action!.resourceTypes.map((type) => shapeOf(resourceTypes[type.name]!.arn));
      expect(access.resources.length).toBeGreaterThan(0);
      for (const resource of access.resources) {
        const isKnown = shapes.length === 0 ? resource === '*' : shapes.some((shape) => shape.test(resource));
        expect(isKnown, `${access.action} on ${resource}`).toBe(true);
      }
      const keys = [...action!.conditionKeys, ...action!.resourceTypes.flatMap(({ conditionKeys }) => conditionKeys)];
      const foreign = Object.keys(access.context).filter((key) => !keys.some((known) => hasTemplate(known, [key])));
      expect(foreign, access.action).toEqual([]);
    }
  });

  it('covers every required resource type', () => {
    const accesses = all(operation).filter(({ action }) => action === `ecs:${operation}`);
    const [{ actions, resourceTypes }, name] = partsOf(`ecs:${operation}`);
    const resources = accesses.flatMap((access) => access.resources);
    const missing = actions[name]!.resourceTypes.filter((type) => type.required).filter(
      (type) => !resources.some((resource) => shapeOf(resourceTypes[type.name]!.arn).test(resource)),
    );
    expect(missing).toEqual([]);
  });
});

it('every key of the reference is given by a full request, or named with the reason why not', () => {
  const missing = new Set<string>();
  for (const { name: operation } of operations) {
    for (const access of all(operation)) {
      const [{ actions }, name] = partsOf(access.action);
      const { conditionKeys, resourceTypes } = actions[name]!;
      const keys = new Set([...conditionKeys, ...resourceTypes.flatMap((type) => type.conditionKeys)]);
      const isTagOnCreate = access.action === 'ecs:TagResource' && operation !== 'TagResource';
      for (const key of keys) {
        // What is only being created has no tags, and gives that reason once, at its own action.
        if (isTagOnCreate && key.startsWith('aws:ResourceTag')) continue;
        if (!hasTemplate(key, given(access))) missing.add(`${access.action} ${key}`);
      }
    }
  }
  expect([...missing].toSorted()).toEqual(Object.keys(NOT_GIVEN).toSorted());
});

it('there is a request for every operation', () => {
  expect(Object.keys(SAMPLES).toSorted()).toEqual(operations.map(({ name }) => name).toSorted());
});
