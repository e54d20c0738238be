/** What the audit shows of requests and answers. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HIDDEN, shown, shownPlain } from '../../../../api/audit/masking.ts';
import type { Shape } from '../../../../api/protocol/shapes.ts';
import { DOORS } from '../../../../api/server.ts';

/** `operation`: such as `ecs RunTask`. */
function shapes(operation: string) {
  const [service, name = ''] = operation.split(' ');
  return DOORS.find((door) => door.service === service)!.catalogue.shapesOf(name)!;
}

describe('a request', () => {
  it.each([
    [
      'environment of containers',
      'ecs RegisterTaskDefinition',
      { containerDefinitions: [{ name: 'a', environment: [{ name: 'KEY', value: 'c4n4ry' }] }] },
      { containerDefinitions: [{ name: 'a', environment: HIDDEN }] },
    ],
    [
      'environment of overrides',
      'ecs RunTask',
      { taskDefinition: 'a', overrides: { containerOverrides: [{ name: 'a', environment: [{ value: 'c4n4ry' }] }] } },
      { taskDefinition: 'a', overrides: { containerOverrides: [{ name: 'a', environment: HIDDEN }] } },
    ],
    [
      'secret options of log drivers',
      'ecs RegisterTaskDefinition',
      { containerDefinitions: [{ logConfiguration: { options: { 'splunk-token': 'c4n4ry', tag: 'web' } } }] },
      { containerDefinitions: [{ logConfiguration: { options: { 'splunk-token': HIDDEN, tag: 'web' } } }] },
    ],
    [
      'passwords in options of volume drivers',
      'ecs RegisterTaskDefinition',
      { volumes: [{ dockerVolumeConfiguration: { driverOpts: { type: 'cifs', o: 'username=a,password=c4n4ry' } } }] },
      { volumes: [{ dockerVolumeConfiguration: { driverOpts: { type: 'cifs', o: HIDDEN } } }] },
    ],
    [
      'passwords of users',
      'iam CreateLoginProfile',
      { UserName: 'ada', Password: 'c4n4ry' },
      { userName: 'ada', password: HIDDEN },
    ],
    [
      'codes of second factors',
      'sts AssumeRole',
      { RoleArn: 'r', TokenCode: 'c4n4ry' },
      { roleArn: 'r', tokenCode: HIDDEN },
    ],
    [
      'web identities',
      'sts AssumeRoleWithWebIdentity',
      { RoleArn: 'r', WebIdentityToken: 'c4n4ry' },
      { roleArn: 'r', webIdentityToken: HIDDEN },
    ],
    ['unknown members', 'ecs CreateCluster', { clusterName: 'a', secret: 'c4n4ry' }, { clusterName: 'a' }],
    [
      'values of another kind',
      'ecs CreateCluster',
      { clusterName: { secret: 'c4n4ry' }, tags: 'c4n4ry', settings: [['c4n4ry']] },
      { settings: [] },
    ],
  ])('hides %s', (_what, operation, body, expected) => {
    const seen = shown(shapes(operation).input, body);
    expect(seen).toEqual(expected);
    expect(JSON.stringify(seen)).not.toContain('c4n4ry');
  });
});

describe('an answer', () => {
  it.each([
    [
      'iam CreateAccessKey',
      { AccessKey: { AccessKeyId: 'AKIA', SecretAccessKey: 'c4n4ry' } },
      { accessKey: { accessKeyId: 'AKIA', secretAccessKey: HIDDEN } },
    ],
    [
      'sts AssumeRole',
      { Credentials: { AccessKeyId: 'ASIA', SecretAccessKey: 'c4n4ry', SessionToken: 'c4n4ry' } },
      { credentials: { accessKeyId: 'ASIA', secretAccessKey: HIDDEN, sessionToken: HIDDEN } },
    ],
    [
      'ecs DescribeClusters',
      { clusters: [{ clusterName: 'a' }], failures: undefined },
      { clusters: [{ clusterName: 'a' }] },
    ],
    ['ecs RunTask', { tasks: [{ createdAt: new Date(0) }] }, { tasks: [{ createdAt: '1970-01-01T00:00:00.000Z' }] }],
  ])('of %s', (operation, output, expected) => {
    expect(shown(shapes(operation).output, output)).toEqual(expected);
  });
});

it('hides secrets of Longshore’s own routes at any depth', () => {
  const body = { url: 'http://a', secret: 'x', list: [{ apiKey: 'x', deep: { password: 'x', name: 'n' } }] };
  expect(shownPlain(body)).toEqual({
    url: 'http://a',
    secret: HIDDEN,
    list: [{ apiKey: HIDDEN, deep: { password: HIDDEN, name: 'n' } }],
  });
});

/** A value for the shape, in which each text that is sensitive is the canary. */
function canaryFor(shape: Shape, depth = 0): unknown {
  if (depth > 6) return undefined;
  if (shape.kind === 'list') return [canaryFor(shape.element, depth + 1)];
  if (shape.kind === 'map') return { key: canaryFor(shape.value, depth + 1) };
  if (shape.kind === 'structure')
    return Object.fromEntries(
      shape.members.map(({ name, shape: member }) => [
        name,
        member.sensitive === true || shape.sensitive === true ? filled(member, 0) : canaryFor(member, depth + 1),
      ]),
    );
  return shape.kind === 'string' ? (shape.sensitive === true ? 'c4n4ry' : 'open') : 1;
}

/** The canary at every leaf. */
function filled(shape: Shape, depth: number): unknown {
  if (depth > 4) return 'c4n4ry';
  if (shape.kind === 'list') return [filled(shape.element, depth + 1)];
  if (shape.kind === 'structure')
    return Object.fromEntries(shape.members.map(({ name, shape: member }) => [name, filled(member, depth + 1)]));
  return 'c4n4ry';
}

it('hides everything that a service’s schemas call sensitive, in every operation of every door', () => {
  let hidden = 0;
  for (const { catalogue } of DOORS) {
    for (const name of catalogue.names) {
      const { input: asked, output } = catalogue.shapesOf(name)!;
      for (const shape of [asked, output]) {
        const text = JSON.stringify(shown(shape, canaryFor(shape)) ?? null);
        expect(text).not.toContain('c4n4ry');
        hidden += text.split(HIDDEN).length - 1;
      }
    }
  }
  expect(hidden).toBeGreaterThan(50);
});

it('takes any JSON as a request without a failure', () => {
  const all = DOORS.flatMap(({ catalogue }) => catalogue.names.map((name) => catalogue.shapesOf(name)!.input));
  fc.assert(
    fc.property(fc.constantFrom(...all), fc.jsonValue(), (shape, body) => {
      expect(() => JSON.stringify(shown(shape, body))).not.toThrow();
    }),
  );
});

it('hides the fragment of a URL, by which a host may join, and not the name of its token', () => {
  const body = {
    joinToken: { tokenId: '0123', uses: 1 },
    url: 'https://longshore.internal:7882#AbC',
    see: 'https://a/b',
  };
  expect(shownPlain(body)).toEqual({ joinToken: { tokenId: '0123', uses: 1 }, url: HIDDEN, see: 'https://a/b' });
});
