/** The certificate with which the API serves HTTPS, kept current while the API runs. */
import { createSecureContext } from 'node:tls';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { TlsSettings } from '../access-settings.ts';
import { SetupError } from '../settings.ts';
import type { KeyPair } from '../../certificates/issue.ts';

export interface ServedCertificate {
  readonly pair: KeyPair;
  /** The file by which clients trust it; absent for the operator's own, which they trust or not. */
  readonly authorityFile?: string;
  /** Reads it again, or renews it when it is near its end. */
  readonly reload: () => Promise<KeyPair>;
}

/** How often changed files and the end of a certificate's life are looked for. */
const CHECK_EVERY_MS = 10_000;

export interface CertificateOptions {
  readonly tls: TlsSettings;
  readonly dataDir: string;
  /** Where the API listens. */
  readonly host: string;
}

/** Reads or makes the certificate; undefined where TLS is off. Throws SetupError. */
export async function loadCertificate({
  tls,
  dataDir,
  host,
}: CertificateOptions): Promise<ServedCertificate | undefined> {
  switch (tls.kind) {
    case 'off':
      return undefined;
    case 'files': {
      const { certificatePath, keyPath } = tls;
      const reload = (): Promise<KeyPair> => Promise.resolve(operatorsPair(certificatePath, keyPath));
      return { pair: await reload(), reload };
    }
    case 'own': {
      const { authorityFile, serverCertificate } = await import('./authority.ts');
      const folder = path.join(dataDir, 'tls');
      const names = namesOf(host, tls.names);
      const reload = (): Promise<KeyPair> => serverCertificate(folder, names);
      return { pair: await reload(), authorityFile: authorityFile(folder), reload };
    }
  }
}

/**
 * Calls `onChange` with the certificate when it has changed: the operator's files, or a renewal. Mistakes are told to
 * `onError` and change nothing. Returns the function that ends this.
 */
export function watchCertificate(
  { pair: first, reload }: ServedCertificate,
  { onChange, onError }: { readonly onChange: (pair: KeyPair) => void; readonly onError: (error: unknown) => void },
): () => void {
  let served = first.cert + first.key;
  let problem = '';
  const check = async (): Promise<void> => {
    try {
      const pair = await reload();
      problem = '';
      if (pair.cert + pair.key === served) return;
      onChange(pair);
      served = pair.cert + pair.key;
    } catch (error) {
      if (String(error) === problem) return;
      problem = String(error);
      onError(error);
    }
  };
  const timer = setInterval(() => void check(), CHECK_EVERY_MS).unref();
  return () => clearInterval(timer);
}

function operatorsPair(certificatePath: string, keyPath: string): KeyPair {
  const pair = { cert: read('LONGSHORE_TLS_CERT_PATH', certificatePath), key: read('LONGSHORE_TLS_KEY_PATH', keyPath) };
  try {
    createSecureContext({ ...pair });
  } catch (error) {
    throw new SetupError(
      `${certificatePath} and ${keyPath} cannot serve HTTPS: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
  return pair;
}

function read(variable: string, file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    throw new SetupError(`${variable} must name a file that can be read (it is "${file}").`);
  }
}

/** Every name and address by which clients may call an API that listens at `host`. */
function namesOf(host: string, given: readonly string[]): readonly string[] {
  const everywhere = host === '0.0.0.0' || host === '::';
  const addresses = everywhere ? Object.values(os.networkInterfaces()).flatMap((each) => each ?? []) : [];
  const own = everywhere ? [os.hostname(), ...addresses.map(({ address }) => address)] : [host];
  const names = ['localhost', '127.0.0.1', '::1', ...own, ...given].filter((name) => !name.startsWith('fe80:'));
  return [...new Set(names.map((name) => name.toLowerCase()))].sort();
}
