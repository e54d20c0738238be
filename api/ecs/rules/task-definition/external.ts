/** Refuses what tasks on EXTERNAL instances may not have. */
import type { Rule } from './definition.ts';

export const externalRule: Rule = function* ({ networkMode }) {
  if (networkMode === 'awsvpc') yield 'External compatible task definitions do not support network mode awsvpc.';
};
