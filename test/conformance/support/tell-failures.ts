/** Beside each failed test of this project: what its Longshores printed and logged, and how their tasks stand. */
import { afterEach } from 'vitest';
import { tellFailure } from './describe-longshore.ts';

afterEach(({ task }) => tellFailure(task));
