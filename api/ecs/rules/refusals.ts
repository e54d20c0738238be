/** The two refusals that most rules throw. */
import { EcsError } from '../../../model/errors.ts';

/** A value that is invalid, or not allowed in this combination. */
export const invalid = (message: string): EcsError => new EcsError('InvalidParameterException', message);

/** A part of ECS that Longshore does not support yet. It is refused by name and never ignored silently. */
export const unsupported = (part: string): EcsError =>
  new EcsError('UnsupportedFeatureException', `Not supported by Longshore yet: ${part}. Leave it out of the request.`);
