/** The setting LONGSHORE_TASK_GUARDS: what tasks may do to their hosts. */
import { readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { CAPABILITIES } from '../model/capabilities.ts';
import { HOST_NAMESPACES, type TaskGuards, UNGUARDED } from '../model/task-guards.ts';

const absolute = z.string().regex(/^\//, 'must be an absolute path');

const count = z
  .number()
  .int()
  .min(1)
  .max(2 ** 31 - 1);

const allowed = z.union([
  z.literal('all'),
  z.strictObject({
    privileged: z.boolean().exactOptional(),
    hostNamespaces: z.array(z.enum(HOST_NAMESPACES)).exactOptional(),
    capabilities: z
      .array(z.string().refine((name) => CAPABILITIES.has(name), 'must be a capability, such as NET_ADMIN'))
      .exactOptional(),
    hostPaths: z.array(absolute).exactOptional(),
    engineSocket: z.boolean().exactOptional(),
    devices: z.array(absolute).exactOptional(),
    securityOptions: z.boolean().exactOptional(),
    reservedLabels: z.boolean().exactOptional(),
    volumes: z.array(z.string()).exactOptional(),
    limits: z
      .strictObject({ pids: count.exactOptional(), openFiles: count.exactOptional(), logMiB: count.exactOptional() })
      .exactOptional(),
  }),
]);

const file = z.strictObject({ default: allowed.default({}), clusters: z.record(z.string(), allowed).default({}) });

/** Nothing beyond what a plain container may. */
const GUARDED: TaskGuards = { default: {}, clusters: {} };

/** `on`, `off`, or a file of YAML or JSON. */
export const taskGuards = z.string().transform((text, context): TaskGuards => {
  if (text === 'off') return UNGUARDED;
  if (text === 'on') return GUARDED;
  const found = isAbsolute(text) ? readGuards(text) : 'must be on, off, or the absolute path of a file';
  if (typeof found !== 'string') return found;
  context.addIssue({ code: 'custom', message: found });
  return z.NEVER;
});

/** Alone on a machine, whoever can register a task is root already. */
export const defaultTaskGuards = (isLoopback: boolean): TaskGuards => (isLoopback ? UNGUARDED : GUARDED);

/** The guards, or what is wrong with their file. */
function readGuards(path: string): TaskGuards | string {
  let content: unknown;
  try {
    content = parse(readFileSync(path, 'utf8'));
  } catch (error) {
    return `must name a file of YAML or JSON that can be read: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`;
  }
  const read = file.safeParse(content ?? {});
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const what = issue?.code === 'invalid_union' ? 'must be all, or say what tasks may do' : issue?.message;
  return `names a file with a mistake at ${issue?.path.join('.') || 'its top'}: ${what ?? 'it is no mapping'}`;
}
