/** Which part of the endpoint a path means. */
import { expect, it } from 'vitest';
import { type Route, routeOf } from '../../../../agent/task-endpoint/routes.ts';

const notBuilt = (name: string): Route => ({ kind: 'not built', name });

it.each<[string, Route]>([
  ['/v2/credentials/abc', { kind: 'credentials', id: 'abc' }],
  ['/v2/credentials/abc/?x=1', { kind: 'credentials', id: 'abc' }],
  ['/v2/credentials', { kind: 'credentials', id: '' }],
  ['/v2/credentials/', { kind: 'credentials', id: '' }],
  ['/v4/abc', { kind: 'metadata', id: 'abc', part: 'container' }],
  ['/v4/abc/', { kind: 'metadata', id: 'abc', part: 'container' }],
  ['/v4/abc/task', { kind: 'metadata', id: 'abc', part: 'task' }],
  ['/v4/abc/stats', { kind: 'metadata', id: 'abc', part: 'stats' }],
  ['/v4/abc/task/stats', { kind: 'metadata', id: 'abc', part: 'task stats' }],
  ['/api/abc/task-protection/v1/state', { kind: 'protection', id: 'abc' }],
  ['/v4/abc/taskWithTags', notBuilt('/v4/{id}/taskWithTags')],
  ['/v4/abc/constructor', notBuilt('/v4/{id}/constructor')],
  ['/api/abc/fault/v1/network-latency/start', notBuilt('/api/{id}/fault/v1/network-latency/start')],
  ['/v2/metadata', notBuilt('/v2/metadata')],
  ['/v3/abc/task', notBuilt('/v3/abc')],
  ['/', { kind: 'forward' }],
  ['/?Action=GetCallerIdentity', { kind: 'forward' }],
  ['/v1/clusters', { kind: 'forward' }],
  ['/v20/x', { kind: 'forward' }],
  ['//v4/abc', { kind: 'forward' }],
  ['http://169.254.170.2/v4/abc', { kind: 'forward' }],
])('%s', (url, route) => {
  expect(routeOf(url)).toEqual(route);
});
