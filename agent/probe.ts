/** Asks the container engine for its version and for the resources of its machine. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type Docker from 'dockerode';
import { defined } from '../model/defined.ts';
import type { EngineFacts } from './attributes.ts';

/** The members of `GET /info` that the agent reads. */
interface EngineInfo {
  readonly NCPU: number;
  readonly MemTotal: number;
  readonly Architecture: string;
  readonly ServerVersion: string;
  readonly SecurityOptions?: readonly string[] | null;
  readonly Plugins: { readonly Volume?: readonly string[] | null; readonly Log?: readonly string[] | null };
  readonly LoggingDriver?: string;
  readonly DockerRootDir?: string;
  readonly Runtimes?: Readonly<Record<string, unknown>> | null;
}

/** Throws when the engine does not answer. */
export async function probeEngine(docker: Docker): Promise<EngineFacts> {
  const [info, version] = await Promise.all([docker.info() as Promise<EngineInfo>, docker.version()]);
  return {
    cores: info.NCPU,
    memoryBytes: info.MemTotal,
    architecture: info.Architecture,
    apiVersion: version.ApiVersion,
    version: info.ServerVersion,
    logDrivers: info.Plugins.Log ?? [],
    volumeDrivers: info.Plugins.Volume ?? [],
    securityOptions: info.SecurityOptions ?? [],
    runtimes: Object.keys(info.Runtimes ?? {}),
    ...defined({ logDriver: info.LoggingDriver, folder: info.DockerRootDir || undefined }),
    gpuIds: info.Runtimes?.['nvidia'] === undefined ? [] : await listGpus(),
  };
}

/** The GPUs by the names that the engine's device requests take. Empty when the driver's tool does not answer. */
async function listGpus(): Promise<readonly string[]> {
  try {
    const { stdout } = await promisify(execFile)('nvidia-smi', ['--query-gpu=uuid', '--format=csv,noheader']);
    return stdout.split('\n').filter((line) => line !== '');
  } catch {
    return [];
  }
}
