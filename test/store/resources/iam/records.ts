/** Records of IAM with defaults, so that a test shows only what matters to it. */
import type { RoleRecord, UserRecord } from '../../../../store/contract/iam.ts';
import { T0 } from '../../../../fixtures/records.ts';

export const ALLOW_ALL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}';
const TRUST =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}';

export const aUser = (name: string, members: Partial<UserRecord> = {}): UserRecord => ({
  id: `AIDA-${name}`,
  name,
  path: '/',
  createdAt: T0,
  tags: [],
  ...members,
});

export const aGroup = (name: string, path = '/') => ({ id: `AGPA-${name}`, name, path, createdAt: T0 });

export const aRole = (name: string, members: Partial<RoleRecord> = {}): RoleRecord => ({
  ...aUser(name),
  id: `AROA-${name}`,
  trustPolicy: TRUST,
  maxSessionSeconds: 3600,
  ...members,
});

export const aPolicy = (name: string, document = ALLOW_ALL, path = '/') => ({
  id: `ANPA-${name}`,
  name,
  path,
  createdAt: T0,
  tags: [],
  document,
});

export const policyArn = (name: string, path = '/') => `arn:aws:iam::123456789012:policy${path}${name}`;
