/** What `longshore secrets` can do with whatever keeps values: Secrets Manager or Parameter Store. */
export interface Kept {
  list(): Promise<readonly Listed[]>;
  /** The value as bytes. Throws Refused. */
  get(name: string, which: { readonly versionId?: string; readonly stage?: string }): Promise<Buffer>;
  /** Makes it where there is none. Returns what it made. */
  put(name: string, value: Buffer, options: { readonly binary: boolean }): Promise<string>;
  /** Returns what becomes of it. */
  delete(name: string, options: { readonly force: boolean }): Promise<string>;
}

export interface Listed {
  readonly name: string;
  readonly arn: string;
  /** Milliseconds since the epoch. */
  readonly changedAt: number;
  readonly note: string;
}
