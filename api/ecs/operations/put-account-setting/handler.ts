/** The PutAccountSetting operation. */
import type { PutAccountSettingRequest, PutAccountSettingResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../operation.ts';
import { presentSetting } from '../../present/account-setting.ts';
import { checkChangeable, checkSettingValue, principalToChange } from '../../rules/account-settings.ts';

/** Sets a value for one principal, by default the caller. Root's values are the defaults of all others. */
export const putAccountSetting: Operation<PutAccountSettingRequest, PutAccountSettingResponse> = {
  name: 'PutAccountSetting',
  effect: 'records',
  async handle(input, context) {
    const { value = '' } = input;
    const name = checkChangeable(input.name ?? '');
    checkSettingValue(name, value);
    const setting = { principal: principalToChange(input.principalArn, context), name, value };
    await context.store.putAccountSetting(setting);
    return { setting: presentSetting(setting, context.partition) };
  },
};
