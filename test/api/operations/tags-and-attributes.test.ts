/** Operations on tags, attributes and account settings. */
import {
  CreateClusterCommand,
  DeleteAttributesCommand,
  ListAttributesCommand,
  ListTagsForResourceCommand,
  PutAttributesCommand,
  TagResourceCommand,
  UntagResourceCommand,
  type Attribute,
  type Tag,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { expectRefusal, withApi } from '../support/api-under-test.ts';
import { newTaskId, registerDefinition } from '../support/rows.ts';

const api = withApi();
const ARN = 'arn:aws:ecs:us-east-1:123456789012:';

describe('tags', () => {
  const set = (resourceArn: string, tags: Tag[]) => api().ecs.send(new TagResourceCommand({ resourceArn, tags }));
  const unset = (resourceArn: string, tagKeys: string[]) =>
    api().ecs.send(new UntagResourceCommand({ resourceArn, tagKeys }));
  const list = async (resourceArn: string) =>
    (await api().ecs.send(new ListTagsForResourceCommand({ resourceArn }))).tags;

  it('are merged, overwritten and removed, on every kind of resource', async () => {
    await registerDefinition(api().store, 'tagged');
    const arns = [
      `${ARN}cluster/default`,
      `${ARN}task-definition/tagged:1`,
      `${ARN}container-instance/default/${api().instanceId}`,
    ];
    for (const arn of arns) {
      expect(await list(arn)).toEqual([]);
      await set(arn, [{ key: 'a', value: '1' }, { key: 'b' }]);
      await set(arn, [{ key: 'a', value: '2' }]);
      expect(await list(arn)).toEqual(
        expect.arrayContaining([
          { key: 'a', value: '2' },
          { key: 'b', value: '' },
        ]),
      );
      await unset(arn, ['a', 'never-there']);
      expect(await list(arn)).toEqual([{ key: 'b', value: '' }]);
    }
  });

  it('are limited to 50 over all calls', async () => {
    await api().ecs.send(new CreateClusterCommand({ clusterName: 'many' }));
    const arn = `${ARN}cluster/many`;
    await set(
      arn,
      Array.from({ length: 50 }, (_, i) => ({ key: `k${i}` })),
    );
    await set(arn, [{ key: 'k0', value: 'still fits' }]);
    await expectRefusal(set(arn, [{ key: 'k50' }]), 'InvalidParameterException', /50/);
    expect(await list(arn)).toHaveLength(50);
  });

  const odd: readonly (readonly [string, Tag[], RegExp])[] = [
    ['an empty key', [{ key: '' }], /between 1 and 128/],
    ['no key', [{ value: 'a' }], /between 1 and 128/],
    ['a long key', [{ key: 'k'.repeat(129) }], /between 1 and 128/],
    ['a long value', [{ key: 'k', value: 'v'.repeat(257) }], /at most 256/],
    ['a reserved key', [{ key: 'AWS:x' }], /must not begin with 'aws:'/],
    ['odd characters', [{ key: 'a;b' }], /may only contain/],
    ['a key twice', [{ key: 'a' }, { key: 'a' }], /must be unique/],
  ];
  it.each(odd)('refuse %s', (_what, tags, message) =>
    expectRefusal(set(`${ARN}cluster/default`, tags), 'InvalidParameterException', message),
  );

  it('with reserved keys stay', () =>
    expectRefusal(
      unset(`${ARN}cluster/default`, ['aws:ecs:clusterName']),
      'InvalidParameterException',
      /can not be removed/,
    ));

  const lost = [
    [`${ARN}cluster/nobody`, 'ClusterNotFoundException', /^Cluster not found\.$/],
    [`${ARN}task-definition/nobody:1`, 'ResourceNotFoundException', /task-definition was not found/],
    [`${ARN}service/default/nobody`, 'ResourceNotFoundException', /service was not found/],
    [`${ARN}capacity-provider/a`, 'ResourceNotFoundException', /capacity-provider was not found/],
    [`${ARN}daemon/a`, 'InvalidParameterException', /can not have tags/],
    ['cluster/default', 'InvalidParameterException', /^The ARN provided is invalid\.$/],
    ['arn:aws:ecs:us-east-1:999999999999:cluster/a', 'InvalidParameterException', /^Identifier is for 999999999999/],
  ] as const;
  it.each(lost)('of %s are refused', async (arn, code, message) => {
    await expectRefusal(list(arn), code, message);
    await expectRefusal(set(arn, [{ key: 'a' }]), code, message);
    await expectRefusal(unset(arn, ['a']), code, message);
  });
});

describe('attributes', () => {
  const put = (...attributes: Attribute[]) => api().ecs.send(new PutAttributesCommand({ attributes }));
  const list = (attributeName?: string, attributeValue?: string) =>
    api().ecs.send(new ListAttributesCommand({ targetType: 'container-instance', attributeName, attributeValue }));

  it('are put, listed by name and value, and deleted, with the ARN of their instance', async () => {
    const targetId = api().instanceId;
    const target = { targetType: 'container-instance', targetId: `${ARN}container-instance/default/${targetId}` };
    const stack = { name: 'stack', value: 'blue', ...target };
    expect((await put({ name: 'stack', value: 'blue', targetId })).attributes).toEqual([stack]);
    await put({ name: 'bare', targetId: target.targetId, targetType: 'container-instance' });
    expect((await list('stack')).attributes).toEqual([stack]);
    expect((await list('stack', 'green')).attributes).toEqual([]);
    expect((await list('bare')).attributes).toEqual([{ name: 'bare', ...target }]);
    expect((await list()).attributes).toEqual(
      expect.arrayContaining([{ name: 'ecs.os-type', value: 'linux', ...target }]),
    );
    const removed = await api().ecs.send(
      new DeleteAttributesCommand({
        attributes: [
          { name: 'stack', targetId },
          { name: 'bare', targetId },
        ],
      }),
    );
    expect(removed.attributes).toEqual([stack, { name: 'bare', ...target }]);
    expect((await list('stack')).attributes).toEqual([]);
  });

  it('page', async () => {
    const first = await api().ecs.send(new ListAttributesCommand({ targetType: 'container-instance', maxResults: 1 }));
    expect(first.attributes).toHaveLength(1);
    expect(first.nextToken).toBeDefined();
  });

  it('are limited to ten custom ones per instance', async () => {
    const ten = Array.from({ length: 10 }, (_, i) => ({ name: `a${i}`, targetId: api().instanceId }));
    await put(...ten);
    await expectRefusal(
      put({ name: 'a10', targetId: api().instanceId }),
      'AttributeLimitExceededException',
      /at most 10/,
    );
    await api().ecs.send(new DeleteAttributesCommand({ attributes: ten }));
  });

  const refused: readonly (readonly [string, Attribute, string, RegExp])[] = [
    ['no target', { name: 'a' }, 'InvalidParameterException', /targetId can not be empty/],
    ['an unknown target', { name: 'a', targetId: newTaskId() }, 'TargetNotFoundException', /could not be found/],
    ['an odd name', { name: 'a b', targetId: 'x' }, 'InvalidParameterException', /Attribute name 'a b'/],
    ['an odd value', { name: 'a', value: ' b', targetId: 'x' }, 'InvalidParameterException', /value of attribute 'a'/],
    [
      'an attribute of the agent',
      { name: 'ecs.os-type', value: 'plan9', targetId: 'x' },
      'InvalidParameterException',
      /belongs to the agent/,
    ],
    [
      'an instance of another cluster',
      { name: 'a', targetId: `${ARN}container-instance/other/${newTaskId()}` },
      'InvalidParameterException',
      /Your cluster is default/,
    ],
  ];
  it.each(refused)('refuse %s', async (_what, attribute, code, message) => {
    await expectRefusal(put(attribute), code, message);
    await expectRefusal(api().ecs.send(new DeleteAttributesCommand({ attributes: [attribute] })), code, message);
  });

  it('cannot be empty', () => expectRefusal(put(), 'InvalidParameterException', 'attributes can not be empty'));
});
