/** The ListAccountSettings operation. */
import type { ListAccountSettingsRequest, ListAccountSettingsResponse, Setting } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../operation.ts';
import { invalid } from '../../rules/refusals.ts';
import { SHORT_PAGE_SIZE, pageOf } from '../../read/pages.ts';
import { SETTING_NAMES, SYSTEM_DEFAULTS } from './system-defaults.ts';

/**
 * Returns the settings in force. Longshore has no users' settings yet, so the list is empty unless `effectiveSettings`
 * asks for the defaults.
 */
export const listAccountSettings: Operation<ListAccountSettingsRequest, ListAccountSettingsResponse> = {
  name: 'ListAccountSettings',
  effect: 'reads',
  async handle(input, { principal }) {
    const { name, value, effectiveSettings } = input;
    if (name !== undefined && !SETTING_NAMES.includes(name)) {
      throw invalid(`${name} should be one of [${SETTING_NAMES.join(',')}]`);
    }
    if (value !== undefined && name === undefined) throw invalid('name must be specified with value.');
    const settings = (effectiveSettings === true ? SYSTEM_DEFAULTS : [])
      .filter(
        (setting) => (name === undefined || setting.name === name) && (value === undefined || setting.value === value),
      )
      .map((setting) => ({ ...setting, principalArn: input.principalArn ?? principal.arn }));
    const { items, ...rest } = await pageOf({
      list: ['ListAccountSettings', name, value, String(effectiveSettings), input.principalArn],
      input,
      defaultSize: SHORT_PAGE_SIZE,
      load: ({ limit, after }) => {
        const start = after === undefined ? 0 : Number(after);
        const end = start + limit;
        const page: readonly Setting[] = settings.slice(start, end);
        return Promise.resolve({ items: page, ...(end < settings.length ? { next: String(end) } : {}) });
      },
    });
    return { settings: [...items], ...rest };
  },
};
