/** The PutAccountSettingDefault operation. */
import type { PutAccountSettingDefaultRequest, PutAccountSettingDefaultResponse } from '@aws-sdk/client-ecs';
import { ROOT } from '../../../../model/account-setting.ts';
import type { Operation } from '../../../operation.ts';
import { presentSetting } from '../../present/account-setting.ts';
import { checkChangeable, checkSettingValue } from '../../rules/account-settings.ts';

/** Sets the value of every principal that has none of its own: root's. */
export const putAccountSettingDefault: Operation<PutAccountSettingDefaultRequest, PutAccountSettingDefaultResponse> = {
  name: 'PutAccountSettingDefault',
  effect: 'records',
  async handle(input, { store, partition }) {
    const { value = '' } = input;
    const name = checkChangeable(input.name ?? '');
    checkSettingValue(name, value);
    const setting = { principal: ROOT, name, value };
    await store.putAccountSetting(setting);
    return { setting: presentSetting(setting, partition) };
  },
};
