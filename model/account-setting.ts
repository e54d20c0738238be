/** Account settings: their names and ECS's own values, whose value holds for whom, and what new clusters take of them. */
import type { ClusterSetting } from '@aws-sdk/client-ecs';

/** One value that somebody set. */
export interface AccountSetting {
  /** Who has it, as the end of an IAM ARN: `root`, `user/NAME` or `role/NAME`. The value of `root` is everybody's default. */
  readonly principal: string;
  readonly name: string;
  readonly value: string;
}

/** The principal whose values are the defaults of all others. */
export const ROOT = 'root';

/** ECS's values for an account that has changed none. */
const SYSTEM_DEFAULTS = {
  awsvpcTrunking: 'disabled',
  containerInsights: 'disabled',
  containerInstanceLongArnFormat: 'enabled',
  containerLongArnFormat: 'enabled',
  defaultLogDriverMode: 'non-blocking',
  dualStackIPv6: 'enabled',
  fargateEventWindows: 'disabled',
  fargateFIPSMode: 'disabled',
  fargateTaskRetirementWaitPeriod: '7',
  guardDutyActivate: 'off',
  serviceLongArnFormat: 'enabled',
  tagResourceAuthorization: 'on',
  taskLongArnFormat: 'enabled',
} as const;

export type SettingName = keyof typeof SYSTEM_DEFAULTS;

/** Every setting, by name. */
export const SETTING_NAMES = Object.keys(SYSTEM_DEFAULTS) as readonly SettingName[];

/** ECS's value of a setting that nobody has set. */
export const systemDefault = (name: SettingName): string => SYSTEM_DEFAULTS[name];

/** The value that holds for the principal: its own, else root's, else ECS's. `kept` has the rows of at least these two. */
export function effectiveValue(kept: readonly AccountSetting[], principal: string, name: SettingName): string {
  const valueOf = (owner: string): string | undefined =>
    kept.find((setting) => setting.principal === owner && setting.name === name)?.value;
  return valueOf(principal) ?? valueOf(ROOT) ?? systemDefault(name);
}

/** The settings of a new cluster that asks for none. `containerInsights`: the value that holds for who creates it. */
export const newClusterSettings = (containerInsights: string): readonly ClusterSetting[] => [
  { name: 'containerInsights', value: containerInsights },
];

/** The caller's principal; undefined for a caller that can have no settings of its own, such as a federated user. */
export function ownPrincipal(callerArn: string): string | undefined {
  const own = /^arn:aws[a-z-]*:iam::\d*:(root|(?:user|role)\/.+)$/.exec(callerArn)?.[1];
  if (own !== undefined) return own;
  // A session of a role has the settings of the role.
  const role = /^arn:aws[a-z-]*:sts::\d*:assumed-role\/([^/]+)\//.exec(callerArn)?.[1];
  return role === undefined ? undefined : `role/${role}`;
}

/** Whose settings hold for a caller: its own, or root's for a caller that can have none, as in ECS. */
export const settingsPrincipal = (callerArn: string): string => ownPrincipal(callerArn) ?? ROOT;

/** The ARN of a principal. */
export const principalArn = (account: string, principal: string): string => `arn:aws:iam::${account}:${principal}`;
