/** The ListAccountSettings operation. */
import type { ListAccountSettingsRequest, ListAccountSettingsResponse } from '@aws-sdk/client-ecs';
import { type AccountSetting, effectiveValue, SETTING_NAMES } from '../../../../model/account-setting.ts';
import type { Operation } from '../../../operation.ts';
import { presentSetting } from '../../present/account-setting.ts';
import { keptFor } from '../../read/account-settings.ts';
import { SHORT_PAGE_SIZE, pageOf } from '../../read/pages.ts';
import { checkSettingName, principalToRead } from '../../rules/account-settings.ts';
import { invalid } from '../../rules/refusals.ts';

/** Returns the settings that a principal has set or, with `effectiveSettings`, the value of every setting that holds for it. */
export const listAccountSettings: Operation<ListAccountSettingsRequest, ListAccountSettingsResponse> = {
  name: 'ListAccountSettings',
  effect: 'reads',
  async handle(input, context) {
    const { name, value, effectiveSettings } = input;
    if (name !== undefined) checkSettingName(name);
    if (value !== undefined && name === undefined) throw invalid('name must be specified with value.');
    const { store, partition } = context;
    const principal = principalToRead(input.principalArn, context);
    const isAsked = (setting: AccountSetting): boolean =>
      (name === undefined || setting.name === name) && (value === undefined || setting.value === value);
    const { items, ...rest } = await pageOf({
      list: ['ListAccountSettings', name, value, String(effectiveSettings), input.principalArn],
      input,
      defaultSize: SHORT_PAGE_SIZE,
      load: async ({ limit, after = '' }) => {
        const kept = await keptFor(principal, store);
        const all = effectiveSettings === true ? effective(kept, principal) : kept;
        const rows = all.filter((one) => one.principal === principal && isAsked(one) && one.name > after);
        const page = rows.slice(0, limit);
        const last = page.at(-1)?.name;
        return { items: page, ...(rows.length > limit && last !== undefined ? { next: last } : {}) };
      },
    });
    return { settings: items.map((setting) => presentSetting(setting, partition)), ...rest };
  },
};

const effective = (kept: readonly AccountSetting[], principal: string): readonly AccountSetting[] =>
  SETTING_NAMES.map((name) => ({ principal, name, value: effectiveValue(kept, principal, name) }));
