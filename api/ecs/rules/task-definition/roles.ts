/** Checks what needs the execution role: the agent fetches secrets with it before a container starts. */
import type { Rule } from './definition.ts';
import { containersOf, isEmpty } from './definition.ts';

export const executionRoleRule: Rule = function* (definition) {
  if (definition.executionRoleArn) return;
  const secrets = containersOf(definition).some(
    ({ secrets: own, logConfiguration }) => !isEmpty(own) || !isEmpty(logConfiguration?.secretOptions),
  );
  if (secrets) yield "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'";
};
