/** Times on the wire are Date objects until the protocol writes them as epoch seconds; undefined members are left out there. */
import type { EpochMs } from '../time.ts';

export const toDate = (at: EpochMs | undefined): Date | undefined => (at === undefined ? undefined : new Date(at));
