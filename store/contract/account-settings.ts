/** The interface for account settings. */
import type { AccountSetting } from '../../model/account-setting.ts';

export interface AccountSettingStore {
  /** Values that these principals have set, by name. */
  listAccountSettings(principals: readonly string[]): Promise<readonly AccountSetting[]>;
  /** Sets or replaces the principal's value. */
  putAccountSetting(setting: AccountSetting): Promise<void>;
  /** Removes the principal's value. Changes nothing if it has none. */
  deleteAccountSetting(setting: Pick<AccountSetting, 'principal' | 'name'>): Promise<void>;
}
