/** The settings that decide who reaches the API: its address, authentication, TLS, and the operator's master key. */
import * as net from 'node:net';
import { z } from 'zod';

export interface AccessSettings {
  /** Where the API listens. */
  readonly host: string;
  /**
   * `loopback` takes any credentials, or none, from callers on this machine. `required` verifies every call's signature.
   */
  readonly auth: 'loopback' | 'required';
  readonly tls: TlsSettings;
  readonly masterKey: MasterKeySource;
  /** Keys that were the master key before: they open what is not sealed anew yet. */
  readonly earlierMasterKeys: readonly Buffer[];
}

export type TlsSettings =
  | { readonly kind: 'off' }
  /** A certificate of Longshore's own authority, for these names beside the host's own. */
  | { readonly kind: 'own'; readonly names: readonly string[] }
  /** The operator's certificate, read again when the files change. */
  | { readonly kind: 'files'; readonly certificatePath: string; readonly keyPath: string };

/** Where the key comes from that seals secrets in the database. */
export type MasterKeySource =
  /** `master.key` in the data folder, made at first use. */
  | { readonly kind: 'file' }
  | { readonly kind: 'value'; readonly key: Buffer }
  /** A shell command that prints the key. */
  | { readonly kind: 'command'; readonly command: string };

const KEY = 'must be 32 bytes as 64 hexadecimal digits or as base64';

/** Reads a master key as text. Undefined if it is none. */
export function parseMasterKey(text: string): Buffer | undefined {
  const trimmed = text.trim();
  if (/^[0-9a-f]{64}$/i.test(trimmed)) return Buffer.from(trimmed, 'hex');
  const key = Buffer.from(trimmed, 'base64');
  return /^[A-Za-z0-9+/_-]{43}=?$/.test(trimmed) && key.length === 32 ? key : undefined;
}

const masterKey = z.string().transform((text, context) => {
  const key = parseMasterKey(text);
  if (key !== undefined) return key;
  context.addIssue({ code: 'custom', message: KEY });
  return z.NEVER;
});

const earlierMasterKeys = z.string().transform((text, context) => {
  const keys = text.split(',').map(parseMasterKey);
  if (keys.every((key) => key !== undefined)) return keys;
  context.addIssue({ code: 'custom', message: `each of them ${KEY}, with commas between` });
  return z.NEVER;
});

/** Where a server of ours may listen. */
export const address = z
  .string()
  .refine(
    (host) => host === 'localhost' || net.isIP(host) !== 0,
    'must be an IP address of this machine, such as 127.0.0.1, or 0.0.0.0 or :: for all of them',
  );

const NAME = /^(?=.{1,253}$)(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;
const names = z
  .string()
  .transform((text) => text.split(',').map((name) => name.trim()))
  .refine(
    (list) => list.every((name) => net.isIP(name) !== 0 || NAME.test(name)),
    'must be a list of host names and IP addresses such as longshore.example.com,10.0.0.5',
  );

/** The variables, for the schema of all of them. */
export const accessEnvironment = {
  LONGSHORE_HOST: address.default('127.0.0.1'),
  LONGSHORE_AUTH: z.enum(['loopback', 'required'], { error: 'must be loopback or required' }).optional(),
  LONGSHORE_TLS: z.enum(['on', 'off'], { error: 'must be on or off' }).optional(),
  LONGSHORE_TLS_CERT_PATH: z.string().optional(),
  LONGSHORE_TLS_KEY_PATH: z.string().optional(),
  LONGSHORE_TLS_NAMES: names.optional(),
  LONGSHORE_MASTER_KEY: masterKey.optional(),
  LONGSHORE_MASTER_KEY_COMMAND: z.string().optional(),
  LONGSHORE_MASTER_KEY_PREVIOUS: earlierMasterKeys.optional(),
};

type AccessEnvironment = z.infer<z.ZodObject<typeof accessEnvironment>>;

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (net.isIPv4(host) && host.startsWith('127.'));

/** The settings, or a sentence about what contradicts what. */
export function accessSettings(env: AccessEnvironment): AccessSettings | string {
  const host = env.LONGSHORE_HOST;
  const onLoopback = isLoopback(host);
  if (!onLoopback && env.LONGSHORE_AUTH === 'loopback') {
    return `LONGSHORE_AUTH=loopback takes any caller, so LONGSHORE_HOST must be a loopback address (it is "${host}"). Set LONGSHORE_AUTH=required, or leave it out.`;
  }
  const { LONGSHORE_TLS_CERT_PATH: certificatePath, LONGSHORE_TLS_KEY_PATH: keyPath } = env;
  if ((certificatePath === undefined) !== (keyPath === undefined)) {
    return 'Set LONGSHORE_TLS_CERT_PATH and LONGSHORE_TLS_KEY_PATH together, or neither.';
  }
  if (env.LONGSHORE_TLS === 'off' && certificatePath !== undefined) {
    return 'LONGSHORE_TLS=off contradicts LONGSHORE_TLS_CERT_PATH. Leave one of them out.';
  }
  if (env.LONGSHORE_MASTER_KEY !== undefined && env.LONGSHORE_MASTER_KEY_COMMAND !== undefined) {
    return 'Set LONGSHORE_MASTER_KEY or LONGSHORE_MASTER_KEY_COMMAND, not both.';
  }
  return {
    host,
    auth: onLoopback ? (env.LONGSHORE_AUTH ?? 'loopback') : 'required',
    tls: tlsSettings(env, onLoopback),
    masterKey: masterKeySource(env),
    earlierMasterKeys: env.LONGSHORE_MASTER_KEY_PREVIOUS ?? [],
  };
}

function tlsSettings(env: AccessEnvironment, onLoopback: boolean): TlsSettings {
  const { LONGSHORE_TLS_CERT_PATH: certificatePath, LONGSHORE_TLS_KEY_PATH: keyPath } = env;
  if (certificatePath !== undefined && keyPath !== undefined) return { kind: 'files', certificatePath, keyPath };
  const on = env.LONGSHORE_TLS ?? (onLoopback ? 'off' : 'on');
  return on === 'off' ? { kind: 'off' } : { kind: 'own', names: env.LONGSHORE_TLS_NAMES ?? [] };
}

function masterKeySource(env: AccessEnvironment): MasterKeySource {
  if (env.LONGSHORE_MASTER_KEY !== undefined) return { kind: 'value', key: env.LONGSHORE_MASTER_KEY };
  const command = env.LONGSHORE_MASTER_KEY_COMMAND;
  return command === undefined ? { kind: 'file' } : { kind: 'command', command };
}
