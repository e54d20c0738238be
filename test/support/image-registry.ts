/**
 * A registry of container images that a test's engine can push to and pull from. It implements enough of the
 * distribution protocol for that, in memory, and runs on loopback in the engine's network namespace, where engines do
 * not ask for TLS.
 */
import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { DockerEngine } from '../../fixtures/docker-engines.ts';

const PORT = 5000;
const FILE = fileURLToPath(import.meta.url);
/** The header that the registry's process expects. */
const AUTHORIZATION = 'TEST_REGISTRY_AUTHORIZATION';

const authorizationOf = ({ username, password }: RegistryUser): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

export interface ImageRegistry {
  /** The prefix of its images' names. */
  readonly host: string;
  /** Pushes a local image as `repository:tag` and returns the digest of its manifest. */
  push(image: string, repositoryAndTag: string): Promise<string>;
  stop(): void;
}

export interface RegistryUser {
  readonly username: string;
  readonly password: string;
}

/** Starts a registry for the engine. With a user, nobody else may pull or push. Throws if it does not start. */
export async function startImageRegistry(engine: DockerEngine, user?: RegistryUser): Promise<ImageRegistry> {
  const child = spawn('nsenter', [`--net=/var/run/netns/${engine.name}`, process.execPath, '--import', 'tsx', FILE], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...(user === undefined ? {} : { [AUTHORIZATION]: authorizationOf(user) }) },
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('exit', () => reject(new Error('the image registry of the test did not start')));
  });
  const host = `127.0.0.1:${PORT}`;
  return {
    host,
    push: async (image, repositoryAndTag) => {
      const name = `${host}/${repositoryAndTag}`;
      const [repo, tag] = [name.slice(0, name.lastIndexOf(':')), name.slice(name.lastIndexOf(':') + 1)];
      await engine.docker.getImage(image).tag({ repo, tag });
      const progress = await engine.docker
        .getImage(name)
        .push({ authconfig: user === undefined ? {} : { ...user, serveraddress: host } });
      const lines = await new Promise<readonly { readonly aux?: { readonly Digest?: string } }[]>((resolve, reject) => {
        engine.docker.modem.followProgress(progress, (error, output) =>
          error === null ? resolve(output as { aux?: { Digest?: string } }[]) : reject(error),
        );
      });
      const digest = lines.find(({ aux }) => aux?.Digest !== undefined)?.aux?.Digest;
      if (digest === undefined) throw new Error(`no digest in the answer to the push: ${JSON.stringify(lines)}`);
      return digest;
    },
    stop: () => child.kill('SIGKILL'),
  };
}

interface Stored {
  readonly type: string;
  readonly bytes: Buffer;
}

/** Blobs and manifests by digest, tags as `repository:tag`. */
class Contents {
  readonly #stored = new Map<string, Stored>();
  readonly #tags = new Map<string, string>();
  readonly #uploads = new Map<string, Buffer[]>();

  beginUpload(): string {
    const id = randomUUID();
    this.#uploads.set(id, []);
    return id;
  }

  /** Returns how many bytes there are now. */
  append(upload: string, bytes: Buffer): number {
    const parts = this.#uploads.get(upload) ?? [];
    parts.push(bytes);
    return parts.reduce((sum, part) => sum + part.length, 0);
  }

  finishUpload(upload: string): string {
    const bytes = Buffer.concat(this.#uploads.get(upload) ?? []);
    this.#uploads.delete(upload);
    return this.put({ type: 'application/octet-stream', bytes });
  }

  put(stored: Stored): string {
    const digest = `sha256:${createHash('sha256').update(stored.bytes).digest('hex')}`;
    this.#stored.set(digest, stored);
    return digest;
  }

  tag(name: string, digest: string): void {
    this.#tags.set(name, digest);
  }

  /** Finds a blob or manifest by its digest, or a manifest by its tag. */
  find(repository: string, reference: string): { readonly digest: string; readonly stored: Stored } | undefined {
    const digest = reference.startsWith('sha256:') ? reference : (this.#tags.get(`${repository}:${reference}`) ?? '');
    const stored = this.#stored.get(digest);
    return stored && { digest, stored };
  }
}

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
};

interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: Buffer;
}

async function upload(contents: Contents, request: IncomingMessage, path: UploadPath): Promise<Reply> {
  const id = path.upload === '' ? contents.beginUpload() : path.upload;
  const headers = { Location: `/v2/${path.repository}/blobs/uploads/${id}`, 'Docker-Upload-UUID': id };
  if (request.method === 'POST') return { status: 202, headers: { ...headers, Range: '0-0' } };
  const size = contents.append(id, await bodyOf(request));
  if (request.method === 'PATCH') return { status: 202, headers: { ...headers, Range: `0-${size - 1}` } };
  return { status: 201, headers: { 'Docker-Content-Digest': contents.finishUpload(id) } };
}

interface UploadPath {
  readonly repository: string;
  readonly upload: string;
}

async function reply(contents: Contents, request: IncomingMessage): Promise<Reply> {
  const expected = process.env[AUTHORIZATION];
  if (expected !== undefined && request.headers.authorization !== expected)
    return { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="test"' } };
  const path = new URL(request.url ?? '/', 'http://registry').pathname;
  if (path === '/v2/') return { status: 200 };
  const [, repository = '', kind = '', rest = ''] = /^\/v2\/(.+)\/(blobs|manifests)\/(.+)$/.exec(path) ?? [];
  if (kind === 'blobs' && rest.startsWith('uploads')) {
    return upload(contents, request, { repository, upload: rest.split('/')[1] ?? '' });
  }
  if (request.method === 'PUT') {
    const digest = contents.put({ type: request.headers['content-type'] ?? '', bytes: await bodyOf(request) });
    contents.tag(`${repository}:${rest}`, digest);
    return { status: 201, headers: { 'Docker-Content-Digest': digest } };
  }
  const found = contents.find(repository, rest);
  if (found === undefined) return { status: 404 };
  const { type, bytes } = found.stored;
  const headers = { 'Content-Type': type, 'Content-Length': bytes.length, 'Docker-Content-Digest': found.digest };
  return { status: 200, headers, ...(request.method === 'HEAD' ? {} : { body: bytes }) };
}

async function answer(contents: Contents, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, headers, body } = await reply(contents, request);
  response.writeHead(status, { 'Docker-Distribution-Api-Version': 'registry/2.0', ...headers }).end(body);
}

if (process.argv[1] === FILE) {
  const contents = new Contents();
  const server = createServer((request, response) => {
    answer(contents, request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  server.listen(PORT, '127.0.0.1', () => process.stdout.write('ready\n'));
  // The process that started it reads its output; when that process is gone, this one ends too.
  process.stdout.on('error', () => process.exit());
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit();
  }, 1_000).unref();
}
