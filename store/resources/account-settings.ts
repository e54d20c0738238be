/** Account settings: one row for each principal and name. */
import type { AccountSetting } from '../../model/account-setting.ts';
import type { Database } from '../base/database.ts';
import type { AccountSettingStore } from '../contract/account-settings.ts';

export function createAccountSettingStore(db: Database): AccountSettingStore {
  return {
    listAccountSettings: (principals) =>
      db.rows<AccountSetting>(
        'SELECT principal, name, value FROM account_settings WHERE principal = ANY($1) ORDER BY name, principal',
        [principals],
      ),
    putAccountSetting: async ({ principal, name, value }) => {
      await db.run(
        `INSERT INTO account_settings (principal, name, value) VALUES ($1, $2, $3)
         ON CONFLICT (name, principal) DO UPDATE SET value = excluded.value`,
        [principal, name, value],
      );
    },
    deleteAccountSetting: async ({ principal, name }) => {
      await db.run('DELETE FROM account_settings WHERE principal = $1 AND name = $2', [principal, name]);
    },
  };
}
