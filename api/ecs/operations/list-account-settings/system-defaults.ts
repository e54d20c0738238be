/** The names of account settings, and ECS's values for an account that has changed none. */
import type { Setting } from '@aws-sdk/client-ecs';

export const SYSTEM_DEFAULTS: readonly Pick<Setting, 'name' | 'value' | 'type'>[] = [
  { name: 'awsvpcTrunking', value: 'disabled', type: 'user' },
  { name: 'containerInsights', value: 'disabled', type: 'user' },
  { name: 'containerInstanceLongArnFormat', value: 'enabled', type: 'user' },
  { name: 'defaultLogDriverMode', value: 'non-blocking', type: 'user' },
  { name: 'fargateEventWindows', value: 'disabled', type: 'user' },
  { name: 'fargateFIPSMode', value: 'disabled', type: 'user' },
  { name: 'fargateTaskRetirementWaitPeriod', value: '7', type: 'user' },
  { name: 'guardDutyActivate', value: 'off', type: 'aws_managed' },
  { name: 'serviceLongArnFormat', value: 'enabled', type: 'user' },
  { name: 'tagResourceAuthorization', value: 'on', type: 'user' },
  { name: 'taskLongArnFormat', value: 'enabled', type: 'user' },
];

/** In ECS's order. ECS lists containerLongArnFormat and dualStackIPv6 as names, but its API does not know them. */
export const SETTING_NAMES: readonly string[] = [
  'serviceLongArnFormat',
  'taskLongArnFormat',
  'containerInstanceLongArnFormat',
  'containerLongArnFormat',
  'awsvpcTrunking',
  'containerInsights',
  'dualStackIPv6',
  'fargateFIPSMode',
  'tagResourceAuthorization',
  'fargateTaskRetirementWaitPeriod',
  'guardDutyActivate',
  'defaultLogDriverMode',
  'fargateEventWindows',
];
