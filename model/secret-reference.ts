/**
 * What a task definition's `valueFrom` and `credentialsParameter` name: a secret of Secrets Manager, or a parameter of Systems
 * Manager. Pure.
 */
import { defined } from './defined.ts';

export interface NamedSecret {
  readonly kind: 'secret';
  /** An ARN; in `credentialsParameter` also a name. */
  readonly secretId: string;
  /** Of the secret's value, which is a JSON object then. */
  readonly jsonKey?: string;
  readonly versionStage?: string;
  readonly versionId?: string;
}

export interface NamedParameter {
  readonly kind: 'parameter';
  /** A name or an ARN; either may end with `:VERSION` or `:LABEL`. */
  readonly name: string;
}

export type SecretReference = NamedSecret | NamedParameter;

/** Names of parameters, with a version or a label behind. */
const PARAMETER = /^\/?[\w.-]+(?:\/[\w.-]+)*(?::[\w.-]+)?$/;
const SECRET_NAME = /^[\w/+=.@-]{1,512}$/;
const ARN = /^arn:aws[a-z-]*:(?<service>[a-z0-9-]*):(?<region>[a-z0-9-]+):(?<account>\d{12}):(?<resource>.+)$/;

/**
 * Reads a `valueFrom`. As in ECS, what is no ARN is the name of a parameter, and what follows a secret's ARN has all its colons:
 * `:JSON-KEY:VERSION-STAGE:VERSION-ID`. Returns the reason, as the end of a sentence, for what names neither.
 */
export function readValueFrom(text: string): SecretReference | string {
  if (!text.startsWith('arn:')) {
    return PARAMETER.test(text) ? { kind: 'parameter', name: text } : 'is no ARN and no name of a parameter';
  }
  const { service, resource = '' } = ARN.exec(text)?.groups ?? {};
  if (service === 'ssm') {
    const name = /^parameter(\/.+)$/.exec(resource)?.[1];
    if (name === undefined || !PARAMETER.test(name)) return 'is no ARN of a parameter';
    return { kind: 'parameter', name: text };
  }
  if (service === 'secretsmanager') return readSecretArn(text, resource.split(':'));
  return 'has an invalid service in its ARN: secretsmanager and ssm are possible';
}

const AFTER_ARN = 'is no ARN of a secret. After the ARN may follow :json-key:version-stage:version-id, with all colons';

function readSecretArn(text: string, resource: readonly string[]): NamedSecret | string {
  const [type, name = '', jsonKey = '', versionStage = '', versionId = ''] = resource;
  if (type !== 'secret' || !SECRET_NAME.test(name) || (resource.length !== 2 && resource.length !== 5))
    return AFTER_ARN;
  const secretId = text.split(':').slice(0, 7).join(':');
  const given = {
    jsonKey: jsonKey || undefined,
    versionStage: versionStage || undefined,
    versionId: versionId || undefined,
  };
  return { kind: 'secret', secretId, ...defined(given) };
}

/** Reads a `credentialsParameter`: the ARN or the name of a secret. Returns the reason for what names none. */
export function readCredentialsParameter(text: string): NamedSecret | string {
  if (!text.startsWith('arn:')) {
    return SECRET_NAME.test(text) ? { kind: 'secret', secretId: text } : 'is no ARN and no name of a secret';
  }
  const read = readValueFrom(text);
  const isWhole = typeof read !== 'string' && read.kind === 'secret' && read.secretId === text;
  return isWhole ? read : 'is no ARN of a secret';
}
