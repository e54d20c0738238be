/** The operator's master keys, of 32 bytes each. The first, which is the newest, seals; all open. */
export type MasterKeys = readonly [newest: Buffer, ...earlier: Buffer[]];
