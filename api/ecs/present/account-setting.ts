/** An account setting as the API shows it. */
import type { Setting } from '@aws-sdk/client-ecs';
import type { Partition } from '../../../model/arn.ts';
import { type AccountSetting, principalArn } from '../../../model/account-setting.ts';

export const presentSetting = ({ name, value, principal }: AccountSetting, { account }: Partition): Setting => ({
  name: name as NonNullable<Setting['name']>,
  value,
  principalArn: principalArn(account, principal),
  // The only one that AWS sets on the account's behalf.
  type: name === 'guardDutyActivate' ? 'aws_managed' : 'user',
});
