/** How long an issuer may take to answer one request. */
export const PATIENCE_MS = 5_000;
