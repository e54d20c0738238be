/** Files of environment variables, as ECS reads them, and the S3 ARNs by which task definitions name them. Pure. */

export interface S3Object {
  readonly bucket: string;
  readonly key: string;
}

const OBJECT = /^arn:aws[a-z-]*:s3:::(?<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(?<key>[^\0]+)$/;

/** ECS takes no other ending. */
export const ENVIRONMENT_FILE_ENDING = '.env';

/** The object that the ARN names; undefined if it names none, or one of which a part is empty, `.` or `..`. */
export function readObjectArn(arn: string): S3Object | undefined {
  const { bucket, key } = OBJECT.exec(arn)?.groups ?? {};
  if (bucket === undefined || key === undefined) return undefined;
  const isPlain = key.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
  return isPlain ? { bucket, key } : undefined;
}

/**
 * The variables of a file: one `NAME=VALUE` a line, as they are, without quotes and escapes of a shell. Lines that begin with `#`
 * are comments. As in ECS, a line without a name, a value or a `=` is passed over, and the last line of a name counts.
 */
export function readVariables(text: string): Readonly<Record<string, string>> {
  const variables = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const at = line.indexOf('=');
    if (line.startsWith('#') || at < 1 || at === line.length - 1) continue;
    variables.set(line.slice(0, at), line.slice(at + 1));
  }
  return Object.fromEntries(variables);
}
