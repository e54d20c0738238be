/** Account settings in the store. */
import { expect, it } from 'vitest';
import { withStore } from '../../support/store.ts';

const store = withStore();

it('keeps one value for each principal and name, until it is removed', async () => {
  const mode = { principal: 'root', name: 'defaultLogDriverMode' };
  const insights = { principal: 'user/alice', name: 'containerInsights' };
  await store().putAccountSetting({ ...mode, value: 'blocking' });
  await store().putAccountSetting({ ...insights, value: 'enabled' });
  await store().putAccountSetting({ ...insights, value: 'enhanced' });
  expect(await store().listAccountSettings(['user/alice', 'root'])).toEqual([
    { ...insights, value: 'enhanced' },
    { ...mode, value: 'blocking' },
  ]);
  expect(await store().listAccountSettings(['user/bob'])).toEqual([]);
  await store().deleteAccountSetting(insights);
  await store().deleteAccountSetting({ ...insights, name: 'never-set' });
  expect(await store().listAccountSettings(['user/alice', 'root'])).toEqual([{ ...mode, value: 'blocking' }]);
});
