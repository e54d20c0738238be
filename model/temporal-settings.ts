/** How to reach Temporal: what every role needs, whether Temporal is the embedded one or the operator's own. */

/** Client certificate for mTLS, as PEM text. Set both or neither. */
export interface TemporalClientCertificate {
  readonly certificatePem: string;
  readonly keyPem: string;
}

export interface TemporalTlsSettings {
  readonly clientCertificate?: TemporalClientCertificate;
  /** PEM text of the authority that signed the server's certificate; absent: the system's authorities. */
  readonly serverCaPem?: string;
  /** The name expected in the server's certificate if it differs from the address. */
  readonly serverName?: string;
}

export interface TemporalSettings {
  /** `host:port` of the frontend. */
  readonly address: string;
  readonly namespace: string;
  /** Absent: no TLS, except with an API key, which is never sent in clear text. */
  readonly tls?: TemporalTlsSettings;
  readonly apiKey?: string;
}

/** What both `Connection.connect` (client) and `NativeConnection.connect` (worker) of the Temporal SDK accept. */
export interface TemporalConnectionOptions {
  readonly address: string;
  readonly tls?: {
    readonly clientCertPair?: { readonly crt: Uint8Array; readonly key: Uint8Array };
    readonly serverRootCACertificate?: Uint8Array;
    readonly serverNameOverride?: string;
  };
  readonly apiKey?: string;
}

/** Connection options for the settings; the namespace goes to the client or worker, not to the connection. */
export function temporalConnectionOptions(settings: TemporalSettings): TemporalConnectionOptions {
  const bytes = (pem: string): Uint8Array => new TextEncoder().encode(pem);
  const { tls, apiKey } = settings;
  const secure = tls ?? (apiKey === undefined ? undefined : {});
  return {
    address: settings.address,
    ...(secure === undefined
      ? {}
      : {
          tls: {
            ...(secure.clientCertificate === undefined
              ? {}
              : {
                  clientCertPair: {
                    crt: bytes(secure.clientCertificate.certificatePem),
                    key: bytes(secure.clientCertificate.keyPem),
                  },
                }),
            ...(secure.serverCaPem === undefined ? {} : { serverRootCACertificate: bytes(secure.serverCaPem) }),
            ...(secure.serverName === undefined ? {} : { serverNameOverride: secure.serverName }),
          },
        }),
    ...(apiKey === undefined ? {} : { apiKey }),
  };
}
