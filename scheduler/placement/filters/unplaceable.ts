import type { Filter } from './filter.ts';

/** No instance passes: the request cannot be read. */
export const unplaceableFilter = (message: string): Filter => ({ reason: 'UNPLACEABLE', message, shortfall: () => 1 });
