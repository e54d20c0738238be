/** Services and their events in the store. */
import { describe, expect, it } from 'vitest';
import type { ServiceEvent, ServiceRecord } from '../../../model/service.ts';
import { withStore } from '../../support/store.ts';
import { aCluster, T0 } from '../../../fixtures/records.ts';
import { aService } from '../builders.ts';

const store = withStore();
const put = (service: ServiceRecord, events: readonly ServiceEvent[] = []) =>
  store().recordOwner({ clusterName: service.definition.clusterName, tasks: [], service, events });
const read = async (name: string) => (await store().getServices('default', [name]))[0];
const event = (n: number): ServiceEvent => ({ id: `e${n}`, createdAt: T0 + Math.floor(n / 3), message: `m${n}` });

describe('services', () => {
  it('stores the whole record, and accepts only newer versions', async () => {
    const service = aService('a', { version: 2 }, { tags: [{ key: 'k', value: 'v' }] });
    await put(service);
    expect(await read('a')).toEqual(service);
    await put({ ...service, version: 1, runningCount: 7 });
    await put({ ...service, version: 2, runningCount: 8 });
    expect((await read('a'))?.runningCount).toBe(0);
    await put({ ...service, version: 3, runningCount: 9 });
    expect((await read('a'))?.runningCount).toBe(9);
  });

  it('does not change tags, which the API writes', async () => {
    const service = aService('t', {}, { tags: [{ key: 'k', value: 'v' }] });
    await put(service);
    await store().changeTags('arn:aws:ecs:us-east-1:123456789012:service/default/t', {
      set: [{ key: 'n', value: '1' }],
      remove: ['k'],
    });
    await put({ ...service, version: 2 });
    expect((await read('t'))?.definition.tags).toEqual([{ key: 'n', value: '1' }]);
  });

  it('replaces an INACTIVE service by its successor, never the other way round', async () => {
    const first = aService('r', {}, { tags: [{ key: 'old', value: '1' }] });
    const second = aService('r', { incarnation: 'r-2', createdAt: T0 + 10 });
    await put(first, [event(1)]);
    await put(second);
    expect((await read('r'))?.incarnation).toBe('r-1');
    await put({ ...first, version: 9, status: 'INACTIVE' });
    expect((await read('r'))?.status).toBe('INACTIVE');
    await put(second, [event(2)]);
    expect(await read('r')).toEqual(second);
    await put({ ...first, version: 10, status: 'INACTIVE' });
    expect(await read('r')).toEqual(second);
    await put({ ...second, version: 2, status: 'INACTIVE' });
    await put({ ...first, version: 11 });
    expect((await read('r'))?.incarnation).toBe('r-2');
    expect(await store().getServiceEvents('default', 'r', 'r-2')).toHaveLength(1);
    expect(await store().getServiceEvents('default', 'r', 'r-1')).toEqual([]);
  });

  it('lists ACTIVE services by launch type and strategy, in pages', async () => {
    await store().createCluster(aCluster('l'));
    const named = (name: string, members: Partial<ServiceRecord> = {}, launchType: 'EC2' | 'FARGATE' = 'EC2') =>
      put(aService(name, members, { clusterName: 'l', launchType }));
    await named('c');
    await named('a', {}, 'FARGATE');
    await named('b');
    await named('d', { status: 'DRAINING' });
    const list = (filter: object, page: { limit: number; after?: string }) =>
      store().listServices({ clusterName: 'l', ...filter }, page);
    expect(await list({}, { limit: 2 })).toEqual({ items: ['a', 'b'], next: 'b' });
    expect(await list({}, { limit: 2, after: 'b' })).toEqual({ items: ['c'] });
    expect((await list({ launchType: 'FARGATE' }, { limit: 9 })).items).toEqual(['a']);
    expect((await list({ schedulingStrategy: 'DAEMON' }, { limit: 9 })).items).toEqual([]);
  });

  it('names services that wait for capacity, longest waiting first', async () => {
    await store().createCluster(aCluster('w'));
    const wait = (name: string, version: number, waitingForCapacity: boolean) =>
      put(aService(name, { version, waitingForCapacity }, { clusterName: 'w' }));
    await wait('z', 1, true);
    await wait('y', 1, false);
    await wait('x', 1, true);
    await wait('y', 2, true);
    await wait('z', 2, true);
    expect(await store().listWaitingServices('w', 9)).toEqual(['z', 'x', 'y']);
    expect(await store().listWaitingServices('w', 1)).toEqual(['z']);
    await wait('z', 3, false);
    await wait('z', 4, true);
    expect(await store().listWaitingServices('w', 9)).toEqual(['x', 'y', 'z']);
  });
});

describe('service events', () => {
  it('keeps the newest 100, newest first, each once', async () => {
    const events = Array.from({ length: 130 }, (_, n) => event(n));
    const service = aService('ev');
    await put(service, events.slice(0, 70));
    await put({ ...service, version: 2 }, events.slice(60, 130));
    await put({ ...service, version: 2 }, events.slice(60, 130));
    const found = await store().getServiceEvents('default', 'ev', 'ev-1');
    expect(found).toEqual(events.slice(30).reverse());
  });

  it('belong to a service: a record of events without one is refused', async () => {
    await expect(store().recordOwner({ clusterName: 'default', tasks: [], events: [event(1)] })).rejects.toThrow(
      'but no service',
    );
  });
});
