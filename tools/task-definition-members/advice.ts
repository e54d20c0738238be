/** What the table says of a refused parameter: what its caller reads. */
import { adviceOn } from '../../model/refusal-advice.ts';

/** Where nobody has advice. */
export const NOT_BUILT = 'not built yet';

export const advice = (parameter: string): string => adviceOn(parameter) ?? NOT_BUILT;
