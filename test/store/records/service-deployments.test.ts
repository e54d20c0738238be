/** Service deployments and service revisions in the store. */
import { describe, expect, it } from 'vitest';
import type { ServiceDeployment, ServiceRevision } from '../../../model/service-deployment.ts';
import type { ServiceRecord } from '../../../model/service.ts';
import { aServiceDeployment } from '../../support/service-builders.ts';
import { withStore } from '../../support/store.ts';
import { T0 } from '../../../fixtures/records.ts';
import { aService } from '../builders.ts';

const store = withStore();
const DAY_MS = 24 * 3_600_000;

const aRevision = (revisionId: string, members: Partial<ServiceRevision> = {}): ServiceRevision => ({
  revisionId,
  taskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1',
  loadBalancers: [],
  serviceRegistries: [],
  containerImages: [{ containerName: 'app', image: 'web:1' }],
  createdAt: T0,
  ...members,
});

const deployment = (id: string, members: Partial<ServiceDeployment> = {}): ServiceDeployment =>
  aServiceDeployment({ serviceDeploymentId: id, createdAt: T0, version: 1, ...members });

const put = (
  service: ServiceRecord,
  serviceDeployments: readonly ServiceDeployment[],
  serviceRevisions: readonly ServiceRevision[] = [],
) =>
  store().recordOwner({
    clusterName: 'default',
    tasks: [],
    service,
    events: [],
    rollout: { serviceDeployments, serviceRevisions },
  });

const key = (serviceName: string) => ({ clusterName: 'default', serviceName });
const ids = (deployments: readonly ServiceDeployment[]) => deployments.map((each) => each.serviceDeploymentId);

describe('service deployments', () => {
  it('are stored whole, and accept only newer versions', async () => {
    const service = aService('a');
    const first = deployment('d1', { status: 'PENDING' });
    await put(service, [first]);
    expect(await store().getServiceDeployments(key('a'), ['d1', 'none'])).toEqual([first]);
    const third = { ...first, status: 'SUCCESSFUL', version: 3 } as const;
    await put(service, [third]);
    await put(service, [{ ...first, status: 'IN_PROGRESS', version: 2 }]);
    expect(await store().getServiceDeployments(key('a'), ['d1'])).toEqual([third]);
  });

  it('are listed newest first, by status and time, in pages', async () => {
    const service = aService('l');
    const all = [1, 2, 3, 4, 5].map((n) =>
      deployment(`l${n}`, { createdAt: T0 + Math.floor(n / 2), status: n % 2 === 0 ? 'STOPPED' : 'SUCCESSFUL' }),
    );
    await put(service, all);
    const filter = { ...key('l'), statuses: [] };
    const first = await store().listServiceDeployments(filter, { limit: 2 });
    expect(ids(first.items)).toEqual(['l5', 'l4']);
    const second = await store().listServiceDeployments(filter, { limit: 3, after: first.next! });
    expect(ids(second.items)).toEqual(['l3', 'l2', 'l1']);
    expect(second).not.toHaveProperty('next');
    const list = async (more: object) =>
      ids((await store().listServiceDeployments({ ...filter, ...more }, { limit: 9 })).items);
    expect(await list({ statuses: ['STOPPED'] })).toEqual(['l4', 'l2']);
    expect(await list({ createdAfter: T0 + 1 })).toEqual(['l5', 'l4']);
    expect(await list({ createdBefore: T0 + 1 })).toEqual(['l1']);
  });

  it('are removed with their service', async () => {
    const first = aService('g');
    await put(first, [deployment('g1')], [aRevision('1')]);
    await put({ ...first, version: 2, status: 'INACTIVE' }, []);
    expect(await store().getServiceDeployments(key('g'), ['g1'])).toHaveLength(1);
    await put(aService('g', { incarnation: 'g-2', createdAt: T0 + 10 }), [deployment('g2')]);
    expect(ids(await store().getServiceDeployments(key('g'), ['g1', 'g2']))).toEqual(['g2']);
    expect(await store().getServiceRevisions(key('g'), ['1'])).toEqual([]);
  });

  it('are removed after 90 days, except those that still count', async () => {
    const old = Date.now() - 91 * DAY_MS;
    const current = deployment('current', { createdAt: old, targetRevisionId: '3', sourceRevisionIds: [] });
    const past = { createdAt: old, targetRevisionId: '1', sourceRevisionIds: ['2'] };
    const young = deployment('young', { createdAt: Date.now(), targetRevisionId: '3', sourceRevisionIds: ['2'] });
    const revisions = ['1', '2', '3'].map((id) => aRevision(id, { createdAt: old }));
    const service = aService('p', { serviceDeployments: [current] });
    await put(service, [deployment('past', past), current, young], revisions);
    await store().purgeStoppedTasks(T0);
    const left = await store().getServiceDeployments(key('p'), ['past', 'current', 'young']);
    expect(ids(left).sort()).toEqual(['current', 'young']);
    const kept = await store().getServiceRevisions(key('p'), ['1', '2', '3']);
    expect(kept.map(({ revisionId }) => revisionId).sort()).toEqual(['2', '3']);
  });
});

describe('service revisions', () => {
  it('accept the digests of their images once, and no other change', async () => {
    const service = aService('r');
    const revision = aRevision('7');
    await put(service, [], [revision]);
    expect(await store().getServiceRevisions(key('r'), ['7'])).toEqual([revision]);
    const resolved = (digest: string) => [{ containerName: 'app', image: 'web:1', imageDigest: digest }];
    await put(service, [], [aRevision('7', { taskDefinitionArn: 'other', containerImages: resolved('sha256:a') })]);
    await put(service, [], [aRevision('7', { containerImages: resolved('sha256:b') })]);
    await put(service, [], [revision]);
    expect(await store().getServiceRevisions(key('r'), ['7'])).toEqual([
      { ...revision, containerImages: resolved('sha256:a') },
    ]);
  });
});
