/** The checks that RunTask and StartTask share. */
import { describe, expect, it } from 'vitest';
import { checkStandaloneRequest } from '../../../../../api/ecs/rules/standalone-tasks.ts';

describe('checkStandaloneRequest', () => {
  it('refuses a referenceId, which only ECS itself sets', () => {
    expect(() => checkStandaloneRequest({ referenceId: 'a' })).toThrow(
      'Not supported by Longshore yet: referenceId. Leave it out of the request.',
    );
    expect(() => checkStandaloneRequest({ referenceId: '' })).not.toThrow();
  });
});
