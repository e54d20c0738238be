/** Which part of the endpoint a path means. Pure. */

export type MetadataPart = 'container' | 'task' | 'stats' | 'task stats';

export type Route =
  | { readonly kind: 'credentials'; readonly id: string }
  | { readonly kind: 'metadata'; readonly id: string; readonly part: MetadataPart }
  | { readonly kind: 'protection'; readonly id: string }
  /** A path of ECS's agent that this agent does not have. */
  | { readonly kind: 'not built'; readonly name: string }
  /** Everything else is a call of Longshore's API. */
  | { readonly kind: 'forward' };

const PARTS: Readonly<Record<string, MetadataPart>> = {
  '': 'container',
  '/task': 'task',
  '/stats': 'stats',
  '/task/stats': 'task stats',
};

/** `url`: path and query, as in the request line. */
export function routeOf(url: string): Route {
  const [path = ''] = url.split('?');
  const [, top, id = '', rest = ''] = /^\/(v2\/credentials|v4|api)(?:\/([^/]*)(\/.*)?)?$/.exec(path) ?? [];
  const tail = rest.replace(/\/$/, '');
  if (top === 'v2/credentials' && tail === '') return { kind: 'credentials', id };
  const part = PARTS[tail];
  if (top === 'v4' && part !== undefined) return { kind: 'metadata', id, part };
  if (top === 'api' && tail === '/task-protection/v1/state') return { kind: 'protection', id };
  // The ids of a path are nobody else's to read.
  if (top !== undefined) return { kind: 'not built', name: `/${top}/{id}${tail}` };
  if (/^\/v[23](\/|$)/.test(path)) return { kind: 'not built', name: path.split('/').slice(0, 3).join('/') };
  return { kind: 'forward' };
}
