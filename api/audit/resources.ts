/** The resources of a call: those that it asks for, and those that its answer names. Pure. */
import type { AuditResource } from '../../model/audit.ts';
import type { Asked } from '../auth/authorize.ts';

/** A call about more is found by the first of them. */
const MOST_RESOURCES = 50;
const LONGEST_ARN = 1_600;
/** They would draw on the terminal of whoever reads the audit. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}]/u;
const ARN = /^arn:aws[a-z-]*:([a-z0-9-]+):[a-z0-9-]*:(\d{12}):([a-z][a-z-]*)[/:]./;
/** Members of answers that name a resource. */
const NAMES_RESOURCE = /(?:^arn|Arn)$/;

/** CloudTrail's names of services that are not written in capitals. */
const SERVICES: Readonly<Record<string, string>> = { secretsmanager: 'SecretsManager' };

/** Named resources of the account. What has no id yet, such as `task/web/*` or `secret:web-??????`, is none. */
export function resourcesOf(asked: readonly Asked[], answer: unknown): readonly AuditResource[] {
  const arns = new Set([...asked.flatMap(({ resources }) => resources), ...arnsIn(answer)]);
  return [...arns].flatMap((arn) => resourceOf(arn) ?? []).slice(0, MOST_RESOURCES);
}

function resourceOf(arn: string): AuditResource | undefined {
  if (arn.length > LONGEST_ARN || /[*?]$/.test(arn) || UNPRINTABLE.test(arn)) return undefined;
  const [, service, accountId, type] = ARN.exec(arn) ?? [];
  if (service === undefined || accountId === undefined || type === undefined) return undefined;
  return { ARN: arn, accountId, type: `AWS::${SERVICES[service] ?? service.toUpperCase()}::${inCamelCase(type)}` };
}

const inCamelCase = (type: string): string =>
  type.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Every ARN that a member of the answer has as its value, at any depth. */
function arnsIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(arnsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    typeof member === 'string' ? (NAMES_RESOURCE.test(name) ? [member] : []) : arnsIn(member),
  );
}
