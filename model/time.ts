/** Milliseconds since 1970-01-01 UTC. Every stored or passed time is one of these; the wire has epoch seconds. */
export type EpochMs = number;
