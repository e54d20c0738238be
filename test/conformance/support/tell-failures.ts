/**
 * Prints beside each failed test of this project what its Longshores printed and logged, and the state of their tasks.
 */
import { afterEach } from 'vitest';
import { tellFailure } from './describe-longshore.ts';

afterEach(({ task }) => tellFailure(task));
