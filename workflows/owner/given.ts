/** What a workflow gives its reducer: its own time and chance, which a replay repeats. */
import { uuid4 } from '@temporalio/workflow';
import type { Given } from '../../scheduler/owner/effects.ts';

export const given = (): Given => ({ now: Date.now(), newId: uuid4, random: Math.random });
