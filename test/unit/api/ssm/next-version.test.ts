/** The version that PutParameter makes, and what it refuses. */
import { describe, expect, it } from 'vitest';
import { isLabel, withLabels } from '../../../../api/ssm/rules/labels.ts';
import { requireName } from '../../../../api/ssm/rules/names.ts';
import { type Put, withNextVersion } from '../../../../api/ssm/rules/next-version.ts';
import type { Parameter, ParameterVersion } from '../../../../model/secrets/parameter.ts';

const BY = { modifiedAt: 5, modifiedBy: 'arn:aws:iam::123456789012:root' };
const put = (more: Partial<Put> = {}): Put => ({
  ...{ name: '/app/db', value: 'v', type: 'String', overwrite: false, hasTags: false },
  ...more,
});
const version = (number: number, more: Partial<ParameterVersion> = {}): ParameterVersion => ({
  ...{ version: number, type: 'String', tier: 'Standard', modifiedAt: 1, modifiedBy: 'x', labels: [] },
  ...more,
});
const parameter = (...versions: ParameterVersion[]): Parameter => ({ name: '/app/db', tags: [], versions });
const latest = (before: Parameter | undefined, wanted: Put) => withNextVersion(before, wanted, BY).at(-1);

describe('the next version', () => {
  it('is the first of a new parameter', () => {
    expect(withNextVersion(undefined, put({ description: 'd' }), BY)).toEqual([
      { version: 1, type: 'String', tier: 'Standard', description: 'd', ...BY, labels: [] },
    ]);
  });

  it('counts on, and keeps type and description', () => {
    const before = parameter(version(3, { labels: ['live'], description: 'd' }));
    const { type: _type, ...untyped } = put({ overwrite: true });
    expect(withNextVersion(before, untyped, BY)).toEqual([
      before.versions[0],
      { version: 4, type: 'String', tier: 'Standard', description: 'd', ...BY, labels: [] },
    ]);
  });

  it.each<[Partial<Put>, Partial<ParameterVersion> | undefined, string]>([
    [{}, undefined, 'Standard'],
    [{ value: 'x'.repeat(4096) }, undefined, 'Standard'],
    [{ value: 'x'.repeat(4097), tier: 'Advanced' }, undefined, 'Advanced'],
    [{ value: 'x'.repeat(4097), tier: 'Intelligent-Tiering' }, undefined, 'Advanced'],
    [{ tier: 'Intelligent-Tiering' }, undefined, 'Standard'],
    [{ overwrite: true }, { tier: 'Advanced' }, 'Advanced'],
    [{ overwrite: true, tier: 'Advanced' }, { tier: 'Standard' }, 'Advanced'],
  ])('%j after %j has the tier %s', (more, before, tier) => {
    expect(latest(before && parameter(version(1, before)), put(more))?.tier).toBe(tier);
  });

  it('takes the place of the first of a hundred, unless that has a label', () => {
    const full = Array.from({ length: 100 }, (_, i) => version(i + 1));
    const after = withNextVersion(parameter(...full), put({ overwrite: true }), BY);
    expect([after.length, after[0]?.version, after.at(-1)?.version]).toEqual([100, 2, 101]);
    const held = parameter(version(1, { labels: ['live'] }), ...full.slice(1));
    expect(() => withNextVersion(held, put({ overwrite: true }), BY)).toThrow(
      expect.objectContaining({ code: 'ParameterMaxVersionLimitExceeded' }) as Error,
    );
  });

  const { type: _type, ...untyped } = put();
  it.each<[string, Put, Parameter | undefined, string, RegExp]>([
    ['one that exists', put(), parameter(version(1)), 'ParameterAlreadyExists', /set the overwrite option/],
    ['no type', untyped, undefined, 'ValidationException', /type is required/],
    [
      'another type',
      put({ type: 'SecureString', overwrite: true }),
      parameter(version(1)),
      'HierarchyTypeMismatchException',
      /from a String type to a SecureString type/,
    ],
    [
      'tags with overwrite',
      put({ overwrite: true, hasTags: true }),
      undefined,
      'ValidationException',
      /AddTagsToResource/,
    ],
    ['a key of a String', put({ keyId: 'alias/aws/ssm' }), undefined, 'ValidationException', /SecureString type/],
    [
      'another key',
      put({ type: 'SecureString', keyId: 'k' }),
      undefined,
      'ValidationException',
      /Not supported.*KeyId/,
    ],
    ['another data type', put({ dataType: 'aws:ec2:image' }), undefined, 'ValidationException', /aws:ec2:image/],
    ['too long', put({ value: 'é'.repeat(2049) }), undefined, 'ValidationException', /maximum parameter value of 4096/],
    ['far too long', put({ value: 'x'.repeat(8193), tier: 'Advanced' }), undefined, 'ValidationException', /8192/],
    [
      'back to Standard',
      put({ overwrite: true, tier: 'Standard' }),
      parameter(version(1, { tier: 'Advanced' })),
      'ValidationException',
      /can't downgrade/,
    ],
    [
      'what the pattern forbids',
      put({ allowedPattern: '^\\d+$' }),
      undefined,
      'ParameterPatternMismatchException',
      /^Parameter value, cannot be validated against allowedPattern: \^\\d\+\$$/,
    ],
    ['no pattern', put({ allowedPattern: '(' }), undefined, 'InvalidAllowedPatternException', /not valid/],
  ])('refuses %s', (...[, wanted, before, code, message]) => {
    expect(() => withNextVersion(before, wanted, BY)).toThrow(expect.objectContaining({ code }) as Error);
    expect(() => withNextVersion(before, wanted, BY)).toThrow(message);
  });
});

describe('a name', () => {
  it.each(['db', '/app/db', '/a/b/c.d-e_f', `/${'a/'.repeat(14)}a`])('%s is good', (name) => {
    expect(() => {
      requireName(name);
    }).not.toThrow();
  });

  it.each([
    ['aws-x', /can't be prefixed/],
    ['/SSM/x', /can't be prefixed/],
    ['a b', /can't be prefixed/],
    ['/a//b', /can't be prefixed/],
    ['/a/', /can't be prefixed/],
    ['a:1', /can't be prefixed/],
    ['a/b', /fully qualified/],
    [`/${'a/'.repeat(15)}a`, /maximum of 15 levels/],
  ])('%s is refused', (name, message) => {
    expect(() => {
      requireName(name);
    }).toThrow(message);
  });
});

it.each([
  ['live', true],
  ['v1.2_x-y', true],
  ['1st', false],
  ['awsome', false],
  ['SSM', false],
  ['a b', false],
])('the label %s is good: %s', (label, expected) => {
  expect(isLabel(label)).toBe(expected);
});

it('a label moves from one version to another, and a version has ten at most', () => {
  const before = [version(1, { labels: ['live', 'old'] }), version(2)];
  expect(withLabels(before, 2, ['live', 'new']).map(({ labels }) => labels)).toEqual([['old'], ['live', 'new']]);
  const ten = Array.from({ length: 10 }, (_, i) => `l${i}`);
  const full = withLabels(before, 2, ten);
  expect(withLabels(full, 2, ['l1'])[1]?.labels).toHaveLength(10);
  expect(() => withLabels(full, 2, ['more'])).toThrow(/maximum 10 labels/);
});
