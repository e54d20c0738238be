/** Which values an account setting takes, and whose settings a caller may use. */
import { describe, expect, it } from 'vitest';
import { SETTING_NAMES, type SettingName } from '../../../../../model/account-setting.ts';
import {
  checkChangeable,
  checkSettingName,
  checkSettingValue,
  principalToChange,
  principalToRead,
} from '../../../../../api/ecs/rules/account-settings.ts';

const ALL_VALUES = ['enabled', 'disabled', 'enhanced', 'on', 'off', 'blocking', 'non-blocking', '0', '7', '14'];

function outcome(name: SettingName, value: string): string {
  try {
    checkSettingValue(name, value);
    return 'accepted';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('a value', () => {
  it.each<[SettingName, accepted: string[], withoutEffect: string[]]>([
    ['serviceLongArnFormat', ['enabled'], []],
    ['taskLongArnFormat', ['enabled'], []],
    ['containerInstanceLongArnFormat', ['enabled'], []],
    ['containerLongArnFormat', ['enabled'], []],
    ['awsvpcTrunking', ['disabled'], ['enabled']],
    ['containerInsights', ['enabled', 'disabled', 'enhanced'], []],
    ['dualStackIPv6', ['enabled'], ['disabled']],
    ['fargateFIPSMode', ['disabled'], ['enabled']],
    ['tagResourceAuthorization', ['on', 'off'], []],
    ['fargateTaskRetirementWaitPeriod', ['7'], ['0', '14']],
    ['defaultLogDriverMode', ['blocking', 'non-blocking'], []],
    ['fargateEventWindows', ['disabled'], ['enabled']],
  ])('of %s', (name, accepted, withoutEffect) => {
    const found = (wanted: string) => ALL_VALUES.filter((value) => outcome(name, value) === wanted);
    expect(found('accepted').sort()).toEqual(accepted.sort());
    expect(found('UnsupportedFeatureException').sort()).toEqual(withoutEffect.sort());
  });

  it('that would have no effect is refused with the reason', () => {
    expect(() => checkSettingValue('awsvpcTrunking', 'enabled')).toThrow(
      'awsvpcTrunking has no effect in Longshore: its instances have no network interfaces to share among tasks. Its value can only be disabled.',
    );
  });

  it('that turns long ARNs off is refused in ECS’s words', () => {
    expect(() => checkSettingValue('taskLongArnFormat', 'disabled')).toThrow(
      'You can no longer disable Long Arn settings',
    );
  });
});

describe('a name', () => {
  it('is one of ECS’s', () => {
    for (const name of SETTING_NAMES) expect(checkSettingName(name)).toBe(name);
    for (const name of ['', 'colour', 'toString', 'ContainerInsights'])
      expect(() => checkSettingName(name)).toThrow(`${name} should be one of [serviceLongArnFormat,taskLongArnFormat,`);
  });

  it('of a read-only setting can not be changed', () => {
    const unchangeable = SETTING_NAMES.filter((name) => {
      try {
        return checkChangeable(name) !== name;
      } catch {
        return true;
      }
    });
    expect(unchangeable).toEqual(['guardDutyActivate']);
  });
});

describe('a principal', () => {
  const partition = { account: '123456789012', region: 'us-east-1' };
  const arn = (tail: string) => `arn:aws:iam::123456789012:${tail}`;
  const caller = (callerArn: string) => {
    const common = { arn: callerArn, account: partition.account, userId: 'AIDA' };
    if (callerArn.endsWith(':root')) return { partition, caller: { principal: { kind: 'root' as const, ...common } } };
    if (callerArn.includes(':user/')) return { partition, caller: { principal: { kind: 'user' as const, ...common } } };
    return {
      partition,
      caller: { principal: { kind: 'assumed-role' as const, roleArn: arn('role/deploy'), ...common } },
    };
  };

  it.each([
    ['root', 'root'],
    ['root', 'user/alice'],
    ['root', 'role/path/to/deploy'],
    ['user/alice', 'user/alice'],
  ])('%s may use the settings of %s', (who, whose) => {
    expect(principalToChange(arn(whose), caller(arn(who)))).toBe(whose);
    expect(principalToRead(arn(whose), caller(arn(who)))).toBe(whose);
  });

  it.each([
    ['user/alice', 'root'],
    ['user/alice', 'user/bob'],
    ['role/deploy', 'user/deploy'],
  ])('%s may not use the settings of %s', (who, whose) => {
    expect(() => principalToChange(arn(whose), caller(arn(who)))).toThrow('only that principal and the root user can');
    expect(() => principalToRead(arn(whose), caller(arn(who)))).toThrow('only that principal and the root user can');
  });

  it('is the caller unless the call names another', () => {
    expect(principalToChange(undefined, caller(arn('user/alice')))).toBe('user/alice');
    expect(principalToRead(undefined, caller(arn('root')))).toBe('root');
  });

  it('that is federated reads root’s settings and changes none', () => {
    const federated = caller('arn:aws:sts::123456789012:federated-user/bob');
    expect(principalToRead(undefined, federated)).toBe('root');
    expect(() => principalToChange(undefined, federated)).toThrow('Federated users assume the account settings');
    expect(() => principalToChange(arn('root'), federated)).toThrow('only that principal and the root user can');
  });

  it.each([
    ['no ARN', 'alice', 'The ARN provided is invalid.'],
    ['an ECS resource', 'arn:aws:ecs:us-east-1:123456789012:cluster/default', 'The ARN provided is invalid.'],
    ['a group', arn('group/all'), 'The ARN provided is invalid.'],
    ['a user without a name', arn('user/'), 'The ARN provided is invalid.'],
    ['another account', 'arn:aws:iam::999999999999:root', /^Identifier is for 999999999999\. Your accountId is/],
  ])('can not be %s', (_what, text, message) => {
    expect(() => principalToChange(text, caller(arn('root')))).toThrow(message);
  });
});
