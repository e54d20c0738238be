/** Whose value of an account setting holds, and who can have one. */
import { describe, expect, it } from 'vitest';
import {
  type AccountSetting,
  effectiveValue,
  ownPrincipal,
  settingsPrincipal,
} from '../../../model/account-setting.ts';

const kept = (principal: string, value: string): AccountSetting => ({ principal, name: 'containerInsights', value });
const valueFor = (principal: string, ...rows: AccountSetting[]) => effectiveValue(rows, principal, 'containerInsights');

describe('the value that holds', () => {
  it('is the principal’s own, else root’s, else ECS’s', () => {
    const [root, alice] = [kept('root', 'enabled'), kept('user/alice', 'enhanced')];
    expect(valueFor('user/alice', root, alice)).toBe('enhanced');
    expect(valueFor('user/bob', root, alice)).toBe('enabled');
    expect(valueFor('user/bob', alice)).toBe('disabled');
    expect(valueFor('root', alice)).toBe('disabled');
    expect(valueFor('root', root, alice)).toBe('enabled');
  });

  it('is not that of another setting', () => {
    expect(valueFor('root', { ...kept('root', 'blocking'), name: 'defaultLogDriverMode' })).toBe('disabled');
  });
});

describe('the principal of a caller', () => {
  it.each([
    ['arn:aws:iam::123456789012:root', 'root'],
    ['arn:aws:iam::123456789012:user/alice', 'user/alice'],
    ['arn:aws:iam::123456789012:user/team/alice', 'user/team/alice'],
    ['arn:aws-cn:iam::123456789012:role/deploy', 'role/deploy'],
    ['arn:aws:sts::123456789012:assumed-role/deploy/session-1', 'role/deploy'],
  ])('%s is %s', (arn, principal) => {
    expect(ownPrincipal(arn)).toBe(principal);
    expect(settingsPrincipal(arn)).toBe(principal);
  });

  it.each(['arn:aws:sts::123456789012:federated-user/bob', 'arn:aws:iam::123456789012:group/all', ''])(
    '%s has none of its own, and root’s values',
    (arn) => {
      expect(ownPrincipal(arn)).toBeUndefined();
      expect(settingsPrincipal(arn)).toBe('root');
    },
  );
});
