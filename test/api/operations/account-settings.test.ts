/** Account settings over the API: set, removed, listed, and what new clusters take of them. */
import {
  CreateClusterCommand,
  DeleteAccountSettingCommand,
  ListAccountSettingsCommand,
  paginateListAccountSettings,
  PutAccountSettingCommand,
  PutAccountSettingDefaultCommand,
  type ListAccountSettingsCommandInput,
  type Setting,
  type SettingName,
} from '@aws-sdk/client-ecs';
import { beforeEach, describe, expect, it } from 'vitest';
import { settingOf } from '../../../api/ecs/read/account-settings.ts';
import { expectRefusal, withApi } from '../support/api-under-test.ts';

const api = withApi();
const ROOT = 'arn:aws:iam::123456789012:root';
const ALICE = 'arn:aws:iam::123456789012:user/alice';

const put = async (name: string, value: string, principalArn?: string) => {
  const input = { name: name as SettingName, value, ...(principalArn === undefined ? {} : { principalArn }) };
  return (await api().ecs.send(new PutAccountSettingCommand(input))).setting;
};
const putDefault = async (name: string, value: string) => {
  const input = { name: name as SettingName, value };
  return (await api().ecs.send(new PutAccountSettingDefaultCommand(input))).setting;
};
const remove = async (name: string, principalArn?: string) => {
  const input = { name: name as SettingName, ...(principalArn === undefined ? {} : { principalArn }) };
  return (await api().ecs.send(new DeleteAccountSettingCommand(input))).setting;
};
const list = async (input: ListAccountSettingsCommandInput = {}) =>
  (await api().ecs.send(new ListAccountSettingsCommand(input))).settings;

async function effective(principalArn?: string): Promise<Setting[]> {
  const found: Setting[] = [];
  const input = { effectiveSettings: true, ...(principalArn === undefined ? {} : { principalArn }) };
  for await (const page of paginateListAccountSettings({ client: api().ecs }, input)) {
    found.push(...(page.settings ?? []));
  }
  return found;
}

beforeEach(async () => {
  const { store } = api();
  for (const { principal, name } of await store.listAccountSettings(['root', 'user/alice']))
    await store.deleteAccountSetting({ principal, name });
});

describe('ListAccountSettings', () => {
  it('shows every setting in force, ten per page', async () => {
    const settings = await effective();
    expect(settings.map(({ name, value }) => `${String(name)}=${String(value)}`)).toEqual([
      'awsvpcTrunking=disabled',
      'containerInsights=disabled',
      'containerInstanceLongArnFormat=enabled',
      'containerLongArnFormat=enabled',
      'defaultLogDriverMode=non-blocking',
      'dualStackIPv6=enabled',
      'fargateEventWindows=disabled',
      'fargateFIPSMode=disabled',
      'fargateTaskRetirementWaitPeriod=7',
      'guardDutyActivate=off',
      'serviceLongArnFormat=enabled',
      'tagResourceAuthorization=on',
      'taskLongArnFormat=enabled',
    ]);
    expect(new Set(settings.map((setting) => setting.principalArn))).toEqual(new Set([ROOT]));
    const managed = settings.filter(({ type }) => type === 'aws_managed');
    expect(managed.map(({ name }) => name)).toEqual(['guardDutyActivate']);
    expect(await list({ effectiveSettings: true })).toHaveLength(10);
  });

  it('without effectiveSettings shows only what the principal itself has set', async () => {
    await putDefault('containerInsights', 'enabled');
    await put('defaultLogDriverMode', 'blocking', ALICE);
    expect((await list())?.map(({ name }) => name)).toEqual(['containerInsights']);
    expect((await list({ principalArn: ALICE }))?.map(({ name }) => name)).toEqual(['defaultLogDriverMode']);
  });

  it('finds by name and value', async () => {
    await put('containerInsights', 'enhanced');
    const name = 'containerInsights';
    expect(await list({ name, value: 'enhanced' })).toHaveLength(1);
    expect(await list({ name, value: 'enabled' })).toEqual([]);
    expect(await list({ name, effectiveSettings: true })).toMatchObject([{ name, value: 'enhanced' }]);
    await expectRefusal(list({ value: 'on' }), 'InvalidParameterException', 'name must be specified with value.');
  });

  it('refuses an unknown name', () =>
    expectRefusal(
      list({ name: 'colour' as 'awsvpcTrunking' }),
      'InvalidParameterException',
      /^colour should be one of \[serviceLongArnFormat,taskLongArnFormat,containerInstanceLongArnFormat,/,
    ));
});

describe('PutAccountSetting', () => {
  it('sets a value for the caller, or for the principal that it names', async () => {
    const own = { name: 'tagResourceAuthorization', value: 'off', principalArn: ROOT, type: 'user' };
    expect(await put('tagResourceAuthorization', 'off')).toEqual(own);
    const hers = { name: 'tagResourceAuthorization', value: 'on', principalArn: ALICE, type: 'user' };
    expect(await put('tagResourceAuthorization', 'on', ALICE)).toEqual(hers);
    expect(await list()).toEqual([own]);
    expect(await list({ principalArn: ALICE })).toEqual([hers]);
  });

  it('as root sets the default of everybody who has no value of their own', async () => {
    await put('containerInsights', 'enabled', ROOT);
    const insights = async () => (await effective(ALICE)).find(({ name }) => name === 'containerInsights');
    expect(await insights()).toMatchObject({ value: 'enabled', principalArn: ALICE });
    await put('containerInsights', 'disabled', ALICE);
    expect(await insights()).toMatchObject({ value: 'disabled' });
    const held = (arn: string) =>
      settingOf('containerInsights', { store: api().store, caller: { principal: { arn } } });
    expect([await held(ALICE), await held(ROOT)]).toEqual(['disabled', 'enabled']);
  });

  it('keeps a value that holds anyway', async () => {
    expect(await put('awsvpcTrunking', 'disabled')).toMatchObject({ value: 'disabled' });
    expect(await put('serviceLongArnFormat', 'enabled')).toMatchObject({ value: 'enabled' });
    expect((await list())?.map(({ name }) => name)).toEqual(['awsvpcTrunking', 'serviceLongArnFormat']);
  });

  it.each<[string, string, string, string | RegExp]>([
    ['colour', 'on', 'InvalidParameterException', /^colour should be one of \[serviceLongArnFormat,/],
    ['containerInsights', 'ENABLED', 'InvalidParameterException', "Invalid setting 'value'"],
    ['serviceLongArnFormat', 'disabled', 'InvalidParameterException', 'You can no longer disable Long Arn settings'],
    ['guardDutyActivate', 'on', 'InvalidParameterException', 'guardDutyActivate is read-only.'],
    ['fargateFIPSMode', 'enabled', 'UnsupportedFeatureException', /^fargateFIPSMode has no effect in Longshore: /],
  ])('refuses %s=%s, for the caller and as a default', async (name, value, code, message) => {
    await expectRefusal(put(name, value), code, message);
    await expectRefusal(putDefault(name, value), code, message);
    expect(await list()).toEqual([]);
  });

  it('refuses a principal of another account', () =>
    expectRefusal(
      put('containerInsights', 'enabled', 'arn:aws:iam::999999999999:user/mallory'),
      'InvalidParameterException',
      'Identifier is for 999999999999. Your accountId is 123456789012',
    ));
});

describe('PutAccountSettingDefault', () => {
  it('sets root’s value', async () => {
    const setting = { name: 'containerInsights', value: 'enhanced', principalArn: ROOT, type: 'user' };
    expect(await putDefault('containerInsights', 'enhanced')).toEqual(setting);
    expect(await list({ principalArn: ROOT })).toEqual([setting]);
  });
});

describe('DeleteAccountSetting', () => {
  it('answers with the value that holds from then on', async () => {
    await putDefault('containerInsights', 'enabled');
    await put('containerInsights', 'enhanced', ALICE);
    const setting = { name: 'containerInsights', principalArn: ALICE, type: 'user' };
    expect(await remove('containerInsights', ALICE)).toEqual({ ...setting, value: 'enabled' });
    expect(await list({ principalArn: ALICE })).toEqual([]);
    expect(await remove('containerInsights')).toMatchObject({ value: 'disabled', principalArn: ROOT });
    expect(await remove('containerInsights')).toMatchObject({ value: 'disabled' });
  });

  it('refuses an unknown name, and one that is read-only', async () => {
    await expectRefusal(remove('colour'), 'InvalidParameterException', /^colour should be one of/);
    await expectRefusal(remove('guardDutyActivate'), 'InvalidParameterException', 'guardDutyActivate is read-only.');
  });
});

describe('a new cluster', () => {
  const create = async (clusterName: string, settings?: { name: 'containerInsights'; value: string }[]) =>
    (await api().ecs.send(new CreateClusterCommand({ clusterName, settings }))).cluster?.settings;

  it('takes containerInsights of the account unless it sets its own', async () => {
    await putDefault('containerInsights', 'enhanced');
    expect(await create('by-account')).toEqual([{ name: 'containerInsights', value: 'enhanced' }]);
    const own = [{ name: 'containerInsights' as const, value: 'disabled' }];
    expect(await create('by-itself', own)).toEqual(own);
  });
});

describe('REST', () => {
  const call = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${api().url}/v1/account-settings${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  };

  it('sets, lists and removes', async () => {
    const set = await call('PUT', '/containerInsights/default', { value: 'enabled' });
    expect(set).toMatchObject({ status: 200, body: { setting: { value: 'enabled', principalArn: ROOT } } });
    const hers = { value: 'enhanced', principalArn: ALICE };
    expect(await call('PUT', '/containerInsights', hers)).toMatchObject({ body: { setting: hers } });
    const query = `?principalArn=${encodeURIComponent(ALICE)}`;
    expect(await call('GET', query)).toMatchObject({ body: { settings: [hers] } });
    expect(await call('DELETE', `/containerInsights${query}`)).toMatchObject({
      body: { setting: { value: 'enabled', principalArn: ALICE } },
    });
    expect((await call('PUT', '/awsvpcTrunking', { value: 'enabled' })).status).toBe(501);
    expect((await call('PUT', '/awsvpcTrunking', {})).status).toBe(400);
  });
});
