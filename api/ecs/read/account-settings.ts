/** Account settings as they hold for a caller. */
import {
  type AccountSetting,
  effectiveValue,
  ROOT,
  type SettingName,
  settingsPrincipal,
} from '../../../model/account-setting.ts';
import type { AccountSettingStore } from '../../../store/contract/account-settings.ts';
import type { Principal } from '../../auth/principal.ts';

/** The value that holds for a caller: its own, else root's, else ECS's. */
export async function settingOf(
  name: SettingName,
  {
    store,
    caller,
  }: { readonly store: AccountSettingStore; readonly caller: { readonly principal: Pick<Principal, 'arn'> } },
): Promise<string> {
  const principal = settingsPrincipal(caller.principal.arn);
  return effectiveValue(await keptFor(principal, store), principal, name);
}

/** What decides the values that hold for the principal: its own settings and root's. */
export const keptFor = (principal: string, store: AccountSettingStore): Promise<readonly AccountSetting[]> =>
  store.listAccountSettings([...new Set([principal, ROOT])]);
