/** No instance passes: the request cannot be read. */
import type { Filter } from './filter.ts';

export const unplaceableFilter = (message: string): Filter => ({ reason: 'UNPLACEABLE', message, shortfall: () => 1 });
