/**
 * What it costs to know who calls and what they may do: both checks by themselves over a real store, and reads of a
 * Longshore that requires signatures beside the same reads of one that does not.
 */
import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import { AccessKeySecrets } from '../api/auth/access-keys.ts';
import { authorize } from '../api/auth/authorize.ts';
import { Authenticator } from '../api/auth/authenticator.ts';
import { callerOf, Holders } from '../api/auth/caller.ts';
import { IamVersion } from '../api/auth/iam-version.ts';
import { SessionTokens } from '../api/auth/session-tokens.ts';
import { accessOf } from '../api/ecs/access/index.ts';
import { readMasterKey } from '../tools/master-key.ts';
import type { Settings } from '../tools/settings.ts';
import type { Store } from '../store/contract/store.ts';
import { openStore } from '../store/index.ts';
import { type LoadResult, loadEcs } from './http-load.ts';
import { startLongshore } from './longshore.ts';
import { atMost, type BenchRow, median, quantile, timesMore } from './row.ts';
import type { Stage } from './stage.ts';

const CALLS = 3_000;
const WARM_UP_CALLS = 500;
const MEDIAN_REACH_MS = 0.8;
const P99_REACH_MS = 2;
const READS_REACH = 0.5;
const USER = 'bench';

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: 'ecs:*', Resource: '*', Condition: { IpAddress: { 'aws:SourceIp': '127.0.0.0/8' } } },
    { Effect: 'Deny', Action: 'ecs:Delete*', Resource: '*' },
  ],
});

/** Starts a Longshore that requires signatures, on the engine of the other one. */
export async function benchAccess(stage: Stage, settings: Settings): Promise<readonly BenchRow[]> {
  const open = await stage.longshore();
  const dataDir = stage.folder('guarded');
  const { socketPath } = await stage.engine();
  const guarded = await startLongshore({
    ...{ dataDir, dockerHost: `unix://${socketPath}`, settings: { LONGSHORE_AUTH: 'required' } },
    ...stage.options,
  });
  stage.onEnd(() => guarded.stop());
  const store = await openStore({ connectionString: guarded.connectionString, partition: settings.partition });
  try {
    const masterKey = readMasterKey({ kind: 'file' }, dataDir);
    const credentials = await makeUser(store, masterKey);
    const alone = await checksAlone({ store, masterKey, credentials, settings, calls: stage.size(CALLS, 50) });
    return [...alone, ...(await reads(open.url, guarded.url, credentials))];
  } finally {
    await store.close();
  }
}

async function makeUser(store: Store, masterKey: Buffer): Promise<Credentials> {
  await store.createUser({ name: USER, path: '/', id: 'AIDABENCH', createdAt: Date.now(), tags: [] });
  await store.putInlinePolicy({ kind: 'user', name: USER }, { name: 'bench', document: POLICY });
  const { key, secretAccessKey } = new AccessKeySecrets(masterKey).make(USER, Date.now());
  await store.createAccessKey(key);
  return { accessKeyId: key.accessKeyId, secretAccessKey };
}

interface Alone {
  readonly store: Store;
  readonly masterKey: Buffer;
  readonly credentials: Credentials;
  readonly settings: Settings;
  readonly calls: number;
}

/** Verifies and authorises calls, one after the other, each with a body and signature of its own. */
async function checksAlone({ store, masterKey, credentials, settings, calls }: Alone): Promise<readonly BenchRow[]> {
  const { partition } = settings;
  const version = new IamVersion(store, Date.now);
  const holders = new Holders(store, version);
  const authenticator = new Authenticator({
    ...{ store, secrets: new AccessKeySecrets(masterKey), tokens: new SessionTokens(masterKey), now: Date.now },
    ...{ version, region: partition.region },
    callerOf: (owner) => callerOf(owner, holders, partition),
  });
  const url = new URL('http://127.0.0.1:7878/');
  const times: number[] = [];
  for (let i = 0; i < calls + WARM_UP_CALLS; i++) {
    const input = { clusters: [`cluster-${i}`] };
    const body = JSON.stringify(input);
    const headers = await signedCall(url, { operation: 'DescribeClusters', body, credentials });
    const request = { get: (name: string) => headers[name.toLowerCase()], query: {} };
    const begun = performance.now();
    const raw = { method: 'POST', url: '/', headers, body: Buffer.from(body) };
    const { caller } = await authenticator.authenticate(request as never, raw);
    const asked = accessOf('DescribeClusters', input, { partition });
    const context = { 'aws:SourceIp': '127.0.0.1' };
    await authorize(caller, asked, { now: Date.now(), context, tagsOf: (arn) => store.listTags(arn) });
    if (i >= WARM_UP_CALLS) times.push(performance.now() - begun);
  }
  const name = 'a call verified and authorised, warm, median';
  return [
    atMost({ name, value: median(times), unit: 'ms' }, MEDIAN_REACH_MS),
    atMost({ name: 'the same, p99', value: quantile(times, 0.99), unit: 'ms' }, P99_REACH_MS),
  ];
}

async function reads(open: string, guarded: string, credentials: Credentials): Promise<readonly BenchRow[]> {
  const operation = 'DescribeClusters';
  const body = { clusters: ['default'] };
  const load = async (url: string): Promise<LoadResult> => {
    const signed = { operation, body: JSON.stringify(body), credentials };
    // A signature is good for five minutes, and signing is the client's work.
    return loadEcs({ url, operation, body, concurrency: 8, headers: await signedCall(new URL(url), signed) });
  };
  const [without, required] = [await load(open), await load(guarded)];
  const reference = { name: 'requests/s without', value: without.perSecond };
  return [
    timesMore(
      { name: `${operation} with required signatures`, value: required.perSecond, unit: 'requests/s', reference },
      READS_REACH,
    ),
    {
      ...{ name: 'the same, p99 of 8 at a time', value: required.p99, unit: 'ms' },
      reference: { name: 'ms without', value: without.p99 },
    },
  ];
}

interface Signed {
  readonly operation: string;
  readonly body: string;
  readonly credentials: Credentials;
}

/** The headers of a signed AWS JSON call. */
async function signedCall({ host, hostname }: URL, { operation, body, credentials }: Signed) {
  const signer = new SignatureV4({
    ...{ credentials, region: 'us-east-1', service: 'ecs', sha256: Sha256, applyChecksum: false },
  });
  const request = new HttpRequest({
    ...{ method: 'POST', protocol: 'http:', hostname, path: '/', body },
    headers: {
      host,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AmazonEC2ContainerServiceV20141113.${operation}`,
    },
  });
  return (await signer.sign(request)).headers;
}
