/** Amazon resource names of IAM, which have no region: built and taken apart. */

export type IamResource = 'user' | 'group' | 'role' | 'policy';

/** A name with the path in front of it, such as `/service-role/`; the path of most is `/`. */
export interface PathAndName {
  readonly path: string;
  readonly name: string;
}

/** `account`: twelve digits, or `aws` for the policies that AWS itself manages. */
export const iamArn = (account: string, type: IamResource, { path, name }: PathAndName): string =>
  `arn:aws:iam::${account}:${type}${path}${name}`;

export interface ParsedIamArn extends PathAndName {
  readonly account: string;
  readonly type: IamResource;
}

/** Takes an ARN of a user, group, role or policy apart; undefined if the text is no such ARN. */
export function parseIamArn(text: string): ParsedIamArn | undefined {
  const match = /^arn:aws:iam::(\d{12}|aws):(user|group|role|policy)(\/(?:[!-~]+\/)?)([\w+=,.@-]+)$/.exec(text);
  if (!match) return undefined;
  const [, account = '', type = '', path = '', name = ''] = match;
  return { account, type: type as IamResource, path, name };
}
