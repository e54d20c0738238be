/** Parameter Store over HTTP, with the SDK's client. */
import * as ssm from '@aws-sdk/client-ssm';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal, withApi } from '../support/api-under-test.ts';
import { withSsm } from '../support/secret-calls.ts';

const api = withApi();
const client = withSsm(api);
const ARN = 'arn:aws:ssm:us-east-1:123456789012:parameter';

const put = (Name: string, Value: string, more: Partial<ssm.PutParameterRequest> = {}) =>
  client().send(new ssm.PutParameterCommand({ Name, Value, Type: 'String', ...more }));
const get = async (Name: string, WithDecryption = true) =>
  (await client().send(new ssm.GetParameterCommand({ Name, WithDecryption }))).Parameter;

describe('a parameter', () => {
  it('has versions, which names, numbers, labels and ARNs choose', async () => {
    expect(await put('/app/db', 'one')).toMatchObject({ Version: 1, Tier: 'Standard' });
    await expectRefusal(put('/app/db', 'two'), 'ParameterAlreadyExists', /set the overwrite option/);
    expect((await put('/app/db', 'two', { Overwrite: true })).Version).toBe(2);
    await client().send(
      new ssm.LabelParameterVersionCommand({ Name: '/app/db', ParameterVersion: 1, Labels: ['live'] }),
    );
    expect(await get('/app/db')).toMatchObject({
      ...{ Name: '/app/db', Type: 'String', Value: 'two', Version: 2, ARN: `${ARN}/app/db`, DataType: 'text' },
      LastModifiedDate: expect.any(Date) as Date,
    });
    expect(await get('/app/db:1')).toMatchObject({ Name: '/app/db', Value: 'one', Selector: ':1' });
    expect(await get('/app/db:live')).toMatchObject({ Value: 'one', Version: 1, Selector: ':live' });
    expect(await get(`${ARN}/app/db:1`)).toMatchObject({ Name: '/app/db', Value: 'one' });
    await expectRefusal(get('/app/db:9'), 'ParameterVersionNotFound', /could not find version 9 of \/app\/db/);
    await expectRefusal(get('/app/db:none'), 'ParameterVersionNotFound', /could not find label none of \/app\/db/);
    await expectRefusal(get('/app/none'), 'ParameterNotFound', /\/app\/none/);
  });

  it('that is a SecureString is shown in the clear only where that is asked for', async () => {
    await put('secure', 'hunter2', { Type: 'SecureString', KeyId: 'alias/aws/ssm' });
    expect(await get('secure')).toMatchObject({ Type: 'SecureString', Value: 'hunter2', ARN: `${ARN}/secure` });
    const closed = await get('secure', false);
    expect(closed?.Value).not.toContain('hunter2');
    expect(closed?.Value).toMatch(/^[0-9a-f]{8}\.[\w-]+\.[\w-]+$/);
  });

  it('is made once by many calls at the same moment, and each overwriting call makes a version', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, (_, i) => put('/race', `${i}`)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await Promise.all(Array.from({ length: 5 }, (_, i) => put('/race', `${i}`, { Overwrite: true })));
    expect((await get('/race'))?.Version).toBe(6);
  });

  it('that cannot be made leaves nothing behind', async () => {
    await expectRefusal(
      put('/never', 'x', { Type: 'SecureString', KeyId: 'mine' }),
      'ValidationException',
      /^Not supported by Longshore yet: KeyId, except alias\/aws\/ssm/,
    );
    await expectRefusal(get('/never'), 'ParameterNotFound', /never/);
    expect((await put('/never', 'x')).Version).toBe(1);
    await expectRefusal(put('/policies', 'x', { Policies: '[]' }), 'ValidationException', /^Not supported.*Policies/);
    await expectRefusal(put('/empty', ''), 'ValidationException', /Value at 'value' failed/);
  });

  it('tells its history, and moves labels', async () => {
    for (const [i, value] of ['one', 'two', 'three'].entries()) {
      await put('/told', value, { Overwrite: i > 0, Type: 'SecureString', Description: `d${i}` });
    }
    const label = (ParameterVersion: number, Labels: string[]) =>
      client().send(new ssm.LabelParameterVersionCommand({ Name: '/told', ParameterVersion, Labels }));
    await label(1, ['live']);
    expect(await label(2, ['live', '1st'])).toMatchObject({ InvalidLabels: ['1st'], ParameterVersion: 2 });
    const { Parameters = [] } = await client().send(
      new ssm.GetParameterHistoryCommand({ Name: '/told', WithDecryption: true, MaxResults: 2 }),
    );
    expect(Parameters.map(({ Value, Version, Labels, Description }) => [Value, Version, Labels, Description])).toEqual([
      ['one', 1, [], 'd0'],
      ['two', 2, ['live'], 'd1'],
    ]);
    expect(Parameters[0]?.LastModifiedUser).toBe('arn:aws:iam::123456789012:root');
    const unlabelled = await client().send(
      new ssm.UnlabelParameterVersionCommand({ Name: '/told', ParameterVersion: 2, Labels: ['live', 'none'] }),
    );
    expect(unlabelled).toMatchObject({ RemovedLabels: ['live'], InvalidLabels: ['none'] });
    await expectRefusal(label(7, ['x']), 'ParameterVersionNotFound', /version 7/);
  });

  it('has tags', async () => {
    const of = { ResourceType: 'Parameter', ResourceId: '/tagged' } as const;
    await put('/tagged', 'x', { Tags: [{ Key: 'a', Value: '1' }] });
    await client().send(new ssm.AddTagsToResourceCommand({ ...of, Tags: [{ Key: 'b', Value: '2' }] }));
    await client().send(new ssm.RemoveTagsFromResourceCommand({ ...of, TagKeys: ['a'] }));
    const { TagList } = await client().send(new ssm.ListTagsForResourceCommand(of));
    expect(TagList).toEqual([{ Key: 'b', Value: '2' }]);
    const none = client().send(new ssm.ListTagsForResourceCommand({ ...of, ResourceId: '/none' }));
    await expectRefusal(none, 'InvalidResourceId', /resource ID isn't valid/);
    const other = client().send(new ssm.ListTagsForResourceCommand({ ...of, ResourceType: 'Document' }));
    await expectRefusal(other, 'ValidationException', /^Not supported.*Document/);
  });
});

describe('many parameters', () => {
  beforeAll(async () => {
    for (let i = 0; i < 12; i++) await put(`/many/p${String(i).padStart(2, '0')}`, `${i}`);
    await put('/many/deep/er', 'x', { Type: 'StringList', Tags: [{ Key: 'kind', Value: 'deep' }] });
    await put('/manyfold', 'x');
  });

  it('are read by name, and those that are not there are listed', async () => {
    const read = await client().send(
      new ssm.GetParametersCommand({ Names: ['/many/p01', '/many/none', '/many/p00', '/many/p00:9'] }),
    );
    expect(read.Parameters?.map(({ Value }) => Value)).toEqual(['1', '0']);
    expect(read.InvalidParameters).toEqual(['/many/none', '/many/p00:9']);
    const many = client().send(new ssm.GetParametersCommand({ Names: Array.from({ length: 11 }, (_, i) => `p${i}`) }));
    await expectRefusal(many, 'ValidationException', /'names' failed.*less than or equal to 10/);
  });

  it('are read by path, ten a page', async () => {
    const byPath = async (more: Partial<ssm.GetParametersByPathRequest>) => {
      const pages: number[] = [];
      const names: string[] = [];
      for await (const page of ssm.paginateGetParametersByPath({ client: client() }, { Path: '/many', ...more })) {
        pages.push(page.Parameters?.length ?? 0);
        names.push(...(page.Parameters ?? []).map(({ Name = '' }) => Name));
      }
      return { pages, names };
    };
    const flat = await byPath({});
    expect(flat.pages).toEqual([10, 2]);
    expect(flat.names).not.toContain('/many/deep/er');
    expect((await byPath({ Recursive: true })).names).toHaveLength(13);
    expect((await byPath({ Path: '/many/', Recursive: true })).names).toHaveLength(13);
    const lists = await byPath({ Recursive: true, ParameterFilters: [{ Key: 'Type', Values: ['StringList'] }] });
    expect(lists.names).toEqual(['/many/deep/er']);
    await expectRefusal(byPath({ Path: 'many' }), 'ValidationException', /must begin with a forward slash/);
    const wrong = byPath({ ParameterFilters: [{ Key: 'Tier', Values: ['Standard'] }] });
    await expectRefusal(wrong, 'InvalidFilterKey', /Valid filter keys include/);
  });

  it.each<[ssm.ParameterStringFilter[], string[]]>([
    [[{ Key: 'Name', Values: ['/many/p03'] }], ['/many/p03']],
    [[{ Key: 'Name', Option: 'Contains', Values: ['y/p04', 'nyfold'] }], ['/many/p04', '/manyfold']],
    [[{ Key: 'Path', Option: 'Recursive', Values: ['/many/deep'] }], ['/many/deep/er']],
    [[{ Key: 'tag:kind', Values: ['deep'] }], ['/many/deep/er']],
    [
      [
        { Key: 'Path', Values: ['/many'] },
        { Key: 'Name', Option: 'BeginsWith', Values: ['/many/p1'] },
      ],
      ['/many/p10', '/many/p11'],
    ],
  ])('are described with the filters %j', async (ParameterFilters, expected) => {
    const { Parameters = [] } = await client().send(new ssm.DescribeParametersCommand({ ParameterFilters }));
    expect(Parameters.map(({ Name }) => Name)).toEqual(expected);
    expect(JSON.stringify(Parameters)).not.toContain('"Value"');
  });

  it('are deleted', async () => {
    for (const name of ['/gone/a', '/gone/b']) await put(name, 'x');
    await client().send(new ssm.DeleteParameterCommand({ Name: '/gone/a' }));
    await expectRefusal(
      client().send(new ssm.DeleteParameterCommand({ Name: '/gone/a' })),
      'ParameterNotFound',
      /gone/,
    );
    const deleted = await client().send(new ssm.DeleteParametersCommand({ Names: ['/gone/a', '/gone/b'] }));
    expect(deleted).toMatchObject({ DeletedParameters: ['/gone/b'], InvalidParameters: ['/gone/a'] });
    expect((await put('/gone/b', 'again')).Version).toBe(1);
  });
});

it('what is not Parameter Store is refused by name', async () => {
  await expectRefusal(
    client().send(new ssm.SendCommandCommand({ DocumentName: 'AWS-RunShellScript' })),
    'UnsupportedFeatureException',
    'SendCommand is not supported by Longshore yet.',
  );
});
