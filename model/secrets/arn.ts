/** The names of secrets and parameters as ARNs, built and taken apart. Pure. */
import type { Partition } from '../arn.ts';

const secretTail = ({ region, account }: Partition, tail: string): string =>
  `arn:aws:secretsmanager:${region}:${account}:secret:${tail}`;

/** `suffix`, behind a hyphen: six letters and digits, so that a secret that is made again has another ARN. */
export const secretArn = (partition: Partition, name: string, suffix: string): string =>
  secretTail(partition, `${name}-${suffix}`);

/** For policies: the ARN of a secret that does not exist yet, or not any more. Patterns such as `NAME-*` fit it. */
export const missingSecretArn = (partition: Partition, name: string): string => secretArn(partition, name, '??????');

/** How a request names a secret: by a whole ARN, by an ARN without its suffix, or by its name. */
export interface SecretKey {
  /** As it was given; absent for a name. */
  readonly arn?: string;
  readonly name: string;
}

/** Reads a SecretId. undefined for an ARN that is none of this account and region's secrets. */
export function parseSecretId(partition: Partition, secretId: string): SecretKey | undefined {
  if (!secretId.startsWith('arn:')) return { name: secretId };
  const prefix = secretTail(partition, '');
  if (!secretId.startsWith(prefix) || secretId.length === prefix.length) return undefined;
  return { arn: secretId, name: secretId.slice(prefix.length) };
}

const parameterTail = ({ region, account }: Partition, tail: string): string =>
  `arn:aws:ssm:${region}:${account}:parameter${tail}`;

/** A name that is a path begins with the slash that every other name gets here. */
export const parameterArn = (partition: Partition, name: string): string =>
  parameterTail(partition, name.startsWith('/') ? name : `/${name}`);

/**
 * Reads `NAME`, `NAME:VERSION`, `NAME:LABEL` or an ARN with the same behind it. An ARN does not tell `/a` from `a`: both are
 * given, in the order in which they are tried. undefined for an ARN that is none of this account and region's parameters.
 */
export function parseParameterId(
  partition: Partition,
  text: string,
): { readonly names: readonly string[]; readonly selector?: number | string } | undefined {
  const prefix = parameterTail(partition, '/');
  const isArn = text.startsWith('arn:');
  if (isArn && (!text.startsWith(prefix) || text.length === prefix.length)) return undefined;
  const rest = isArn ? text.slice(prefix.length) : text;
  const colon = rest.indexOf(':');
  const name = colon === -1 ? rest : rest.slice(0, colon);
  const chosen = colon === -1 ? undefined : rest.slice(colon + 1);
  const names = isArn ? (name.includes('/') ? [`/${name}`] : [name, `/${name}`]) : [name];
  if (chosen === undefined) return { names };
  return { names, selector: /^\d{1,15}$/.test(chosen) ? Number(chosen) : chosen };
}
