/** The agent package that a control plane serves: built when an agent first asks for it, once, and kept as a file. */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Logger } from 'pino';
import {
  type AgentPackage,
  type AgentPackageSource,
  type DescribeAgentPackage,
  PIECE_BYTES,
  type ReadAgentPackage,
} from '../../model/agent-package.ts';
import { buildName } from '../../model/agent-update.ts';
import { AwsError } from '../../model/errors.ts';
import { type AgentParts, OWN_ROOT, ownPlatform, readAgentParts } from './build.ts';
import { packAgent } from './pack.ts';

export interface PackageFileOptions {
  /** Takes the file; others in it that this made for other builds are removed. */
  readonly folder: string;
  readonly logger: Pick<Logger, 'info'>;
  /** The source tree. Default: this program's own. */
  readonly root?: string;
}

interface Built {
  readonly described: AgentPackage;
  readonly file: fs.promises.FileHandle;
}

export class AgentPackageFile implements AgentPackageSource {
  readonly #folder: string;
  readonly #logger: Pick<Logger, 'info'>;
  readonly #root: string;
  #built: Promise<Built> | undefined;

  constructor({ folder, logger, root = OWN_ROOT }: PackageFileOptions) {
    this.#folder = folder;
    this.#logger = logger;
    this.#root = root;
  }

  async describe({ platform }: DescribeAgentPackage): Promise<AgentPackage> {
    const own = ownPlatform();
    if (platform !== own)
      throw new AwsError(
        'InvalidParameterException',
        `This control plane runs on ${own} and serves the agent for that alone, not for ${platform}. Install its version on the agent's host by hand.`,
      );
    return (await this.#whole()).described;
  }

  async read({ sha256, offset }: ReadAgentPackage): Promise<Buffer> {
    const { described, file } = await this.#whole();
    if (sha256 !== described.sha256)
      throw new AwsError('ClientException', 'This control plane serves another agent package.');
    if (offset >= described.sizeBytes)
      throw new AwsError('InvalidParameterException', `The agent package has ${described.sizeBytes} bytes.`);
    const piece = Buffer.alloc(Math.min(PIECE_BYTES, described.sizeBytes - offset));
    const { bytesRead } = await file.read(piece, 0, piece.length, offset);
    if (bytesRead !== piece.length) throw new Error('The file of the agent package is shorter than it was.');
    return piece;
  }

  async close(): Promise<void> {
    const built = await this.#built?.catch(() => undefined);
    await built?.file.close();
  }

  /** One build at a time. One that failed is tried again at the next call. */
  #whole(): Promise<Built> {
    this.#built ??= this.#build().catch((error: unknown) => {
      this.#built = undefined;
      throw error;
    });
    return this.#built;
  }

  async #build(): Promise<Built> {
    const begun = performance.now();
    const parts = readAgentParts(this.#root);
    const name = `${buildName(parts)}-${ownPlatform()}.tar.gz`;
    const target = path.join(this.#folder, name);
    await fs.promises.mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await this.#removeOthers(name);
    if (!fs.existsSync(target)) await this.#pack(parts, target);
    const file = await fs.promises.open(target, 'r');
    const { size: sizeBytes } = await file.stat();
    const { version, hash } = parts;
    const described = { version, hash, sizeBytes, sha256: await digestOf(target) };
    const ms = Math.round(performance.now() - begun);
    this.#logger.info({ agent: buildName(parts), bytes: sizeBytes, ms }, 'the agent package is ready');
    return { described, file };
  }

  /** Under another name until it is whole: a crash leaves no half of it. */
  async #pack(parts: AgentParts, target: string): Promise<void> {
    const partial = `${target}.${process.pid}.partial`;
    try {
      await packAgent({ ...parts, root: this.#root, platform: ownPlatform() }, partial);
      await fs.promises.rename(partial, target);
    } finally {
      await fs.promises.rm(partial, { force: true });
    }
  }

  /** Packages of earlier versions, and what builds left that were killed. */
  async #removeOthers(name: string): Promise<void> {
    for (const other of await fs.promises.readdir(this.#folder))
      if (other !== name && other.includes('.tar.gz'))
        await fs.promises.rm(path.join(this.#folder, other), { force: true });
  }
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(fs.createReadStream(file), hash);
  return hash.digest('hex');
}
