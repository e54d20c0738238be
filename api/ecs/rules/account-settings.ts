/** Checks account settings: their names and values, what each can do here, and whose settings a call may touch. */
import {
  ownPrincipal,
  ROOT,
  type SettingName,
  settingsPrincipal,
  systemDefault,
} from '../../../model/account-setting.ts';
import { EcsError } from '../../../model/errors.ts';
import type { Caller } from '../../auth/caller.ts';
import type { OperationContext } from '../../operation.ts';
import { invalid } from './refusals.ts';

interface SettingRule {
  readonly values: readonly string[];
  /** Why the setting has no effect here: then only the value that holds anyway is accepted. */
  readonly noEffect?: string;
}

const ON_OR_OFF = ['enabled', 'disabled'];
const LONG_ARNS: SettingRule = { values: ON_OR_OFF };

/** In the order in which ECS names them. */
const RULES: Readonly<Record<SettingName, SettingRule>> = {
  serviceLongArnFormat: LONG_ARNS,
  taskLongArnFormat: LONG_ARNS,
  containerInstanceLongArnFormat: LONG_ARNS,
  containerLongArnFormat: LONG_ARNS,
  awsvpcTrunking: { values: ON_OR_OFF, noEffect: 'its instances have no network interfaces to share among tasks' },
  containerInsights: { values: [...ON_OR_OFF, 'enhanced'] },
  dualStackIPv6: { values: ON_OR_OFF, noEffect: 'a task has an IPv6 address if its Docker network has IPv6' },
  fargateFIPSMode: { values: ON_OR_OFF, noEffect: 'it does not change the cryptography of its hosts' },
  tagResourceAuthorization: { values: ['on', 'off'] },
  fargateTaskRetirementWaitPeriod: { values: ['0', '7', '14'], noEffect: 'it retires no tasks' },
  guardDutyActivate: { values: ['on', 'off'] },
  defaultLogDriverMode: { values: ['blocking', 'non-blocking'] },
  fargateEventWindows: { values: ON_OR_OFF, noEffect: 'it retires no tasks' },
};

/** AWS itself sets this one. */
const READ_ONLY: SettingName = 'guardDutyActivate';

const NAMES = Object.keys(RULES).join(',');

/** Throws InvalidParameterException for a name that ECS does not know. */
export function checkSettingName(name: string): SettingName {
  if (Object.hasOwn(RULES, name)) return name as SettingName;
  throw invalid(`${name} should be one of [${NAMES}]`);
}

/** The same for a setting that a caller wants to change; one that is read-only is refused. */
export function checkChangeable(name: string): SettingName {
  const known = checkSettingName(name);
  if (known === READ_ONLY) throw invalid(`${known} is read-only.`);
  return known;
}

/**
 * Throws InvalidParameterException for a value that ECS does not accept, and UnsupportedFeatureException for one that would do
 * nothing here.
 */
export function checkSettingValue(name: SettingName, value: string): void {
  const rule = RULES[name];
  if (!rule.values.includes(value)) throw invalid("Invalid setting 'value'");
  const holds = systemDefault(name);
  if (value === holds) return;
  // Clients know the beginning of this sentence.
  if (rule === LONG_ARNS) throw invalid('You can no longer disable Long Arn settings');
  if (rule.noEffect !== undefined) {
    throw new EcsError(
      'UnsupportedFeatureException',
      `${name} has no effect in Longshore: ${rule.noEffect}. Its value can only be ${holds}.`,
    );
  }
}

interface Asking extends Pick<OperationContext, 'partition'> {
  readonly caller: Pick<Caller, 'principal'>;
}

/** Root, a user or a role. A path may come before the name. */
const PRINCIPAL = /^arn:aws[a-z-]*:iam::(\d{12}):(root|(?:user|role)\/(?:[!-~]{1,510}\/)?[\w+=,.@-]{1,64})$/;

/**
 * Whose setting a call changes: `given`, or without it the caller's own. Throws InvalidParameterException for an ARN that is no
 * principal of this account, and AccessDeniedException for a caller who is neither the principal nor root.
 */
export function principalToChange(given: string | undefined, asking: Asking): string {
  if (given !== undefined) return checkPrincipal(given, asking);
  const own = ownPrincipal(asking.caller.principal.arn);
  if (own !== undefined) return own;
  throw invalid('Federated users assume the account settings of the root user and can not have settings of their own.');
}

/** Whose settings a call reads: as above, but who can have none of its own reads root's. */
export const principalToRead = (given: string | undefined, asking: Asking): string =>
  given === undefined ? settingsPrincipal(asking.caller.principal.arn) : checkPrincipal(given, asking);

function checkPrincipal(given: string, { caller: { principal: caller }, partition }: Asking): string {
  const [, account, principal = ROOT] = PRINCIPAL.exec(given) ?? [];
  if (account === undefined) throw invalid('The ARN provided is invalid.');
  if (account !== partition.account) {
    throw invalid(`Identifier is for ${account}. Your accountId is ${partition.account}`);
  }
  if (caller.kind !== 'root' && ownPrincipal(caller.arn) !== principal) {
    throw new EcsError(
      'AccessDeniedException',
      `${caller.arn} can not use the account settings of ${given}: only that principal and the root user can.`,
    );
  }
  return principal;
}
