/**
 * The mode of log drivers for tasks that start now, whose log configuration sets none: statements that a reservation or an
 * assignment sends anyway ask for it.
 */
import { ROOT, systemDefault } from '../../model/account-setting.ts';
import type { LogDriverMode, Task } from '../../model/task.ts';

/** What root and the principals of the list `$n` have set, as an object; null if none has set anything. */
export const logDriverModes = (principals: string): string =>
  `(SELECT json_object_agg(principal, value) FROM account_settings
    WHERE name = 'defaultLogDriverMode' AND principal = ANY(${principals}))`;

export type LogDriverModes = Readonly<Record<string, string>> | null;

/** Whose values decide for these tasks. */
export const principalsOf = (tasks: readonly Pick<Task, 'principal'>[]): readonly string[] => [
  ...new Set([ROOT, ...tasks.flatMap(({ principal }) => principal ?? [])]),
];

/** The task's mode as its row has it: absent for ECS's own default. */
export function logDriverModeOf(
  modes: LogDriverModes,
  { principal = ROOT }: Pick<Task, 'principal'>,
): { readonly logDriverMode?: LogDriverMode } {
  const mode = modes?.[principal] ?? modes?.[ROOT] ?? systemDefault('defaultLogDriverMode');
  return mode === 'blocking' ? { logDriverMode: mode } : {};
}
