/** The DeleteAccountSetting operation. */
import type { DeleteAccountSettingRequest, DeleteAccountSettingResponse } from '@aws-sdk/client-ecs';
import { effectiveValue } from '../../../../model/account-setting.ts';
import type { Operation } from '../../../operation.ts';
import { presentSetting } from '../../present/account-setting.ts';
import { keptFor } from '../../read/account-settings.ts';
import { checkChangeable, principalToChange } from '../../rules/account-settings.ts';

/** Removes a principal's own value. The answer has the value that holds from then on. */
export const deleteAccountSetting: Operation<DeleteAccountSettingRequest, DeleteAccountSettingResponse> = {
  name: 'DeleteAccountSetting',
  effect: 'frees',
  async handle(input, context) {
    const { store, partition } = context;
    const name = checkChangeable(input.name ?? '');
    const principal = principalToChange(input.principalArn, context);
    await store.deleteAccountSetting({ principal, name });
    const value = effectiveValue(await keptFor(principal, store), principal, name);
    return { setting: presentSetting({ principal, name, value }, partition) };
  },
};
