/** A small image with a shell and a web server, built from the machine's own static busybox without a registry. */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { installPackages } from './embedded/docker.ts';
import { SetupError } from './settings.ts';
import { type TarEntry, tarArchive } from '../activities/host/runtime/tar.ts';

const PLACES = ['/bin/busybox', '/usr/bin/busybox', '/usr/local/bin/busybox'];
const PROGRAM_INTERPRETER = 3;

/** Imports the image into the engine as `reference` (`repository:tag`), unless the engine has it. `logDir` takes the log of an installation of busybox. */
export async function ensureBusyboxImage(docker: Docker, reference: string, logDir: string): Promise<void> {
  const found = await docker.listImages({ filters: { reference: [reference] } });
  if (found.length > 0) return;
  const archive = tarArchive(entries(await staticBusybox(logDir)));
  const [repo = reference, tag = 'latest'] = reference.split(':');
  const progress = await docker.importImage(Readable.from([archive]), {
    repo,
    tag,
    changes: ['CMD ["/bin/sh"]', 'ENV PATH=/bin', 'WORKDIR /'],
  } as { repo: string; tag: string });
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(progress, (error) => (error === null ? resolve() : reject(error)));
  });
}

/** Finds a busybox that needs no libraries. Installs one when there is none and this runs as root on Debian or Ubuntu. */
async function staticBusybox(logDir: string): Promise<string> {
  const present = PLACES.find(isStatic);
  if (present !== undefined) return present;
  if (process.getuid?.() === 0 && fs.existsSync('/usr/bin/apt-get')) {
    await installPackages(['busybox-static'], logDir);
    const installed = PLACES.find(isStatic);
    if (installed !== undefined) return installed;
  }
  throw new SetupError(
    'A static busybox is needed to build a small image without a registry (Debian and Ubuntu: apt-get install busybox-static).',
  );
}

/** True for a 64-bit ELF program without an interpreter: it needs no shared libraries. */
function isStatic(file: string): boolean {
  if (!fs.existsSync(file)) return false;
  const bytes = fs.readFileSync(file);
  if (bytes.toString('latin1', 0, 4) !== '\x7fELF' || bytes[4] !== 2) return false;
  const tableAt = Number(bytes.readBigUInt64LE(32));
  const [size, count] = [bytes.readUInt16LE(54), bytes.readUInt16LE(56)];
  return Array.from({ length: count }, (_, index) => bytes.readUInt32LE(tableAt + index * size)).every(
    (type) => type !== PROGRAM_INTERPRETER,
  );
}

function entries(busybox: string): readonly TarEntry[] {
  const applets = execFileSync(busybox, ['--list'], { stdio: 'pipe' }).toString().trim().split('\n');
  const text = (path: string, content: string): TarEntry => ({
    kind: 'file',
    path,
    content: Buffer.from(content),
    mode: 0o644,
  });
  return [
    ...['bin', 'dev', 'etc', 'proc', 'root', 'sys', 'var', 'www'].map((path): TarEntry => ({ kind: 'folder', path })),
    { kind: 'folder', path: 'tmp', mode: 0o1777 },
    text('etc/passwd', 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n'),
    text('etc/group', 'root:x:0:\nnogroup:x:65534:\n'),
    { kind: 'file', path: 'bin/busybox', content: fs.readFileSync(busybox) },
    ...applets
      .filter((name) => name !== '' && name !== 'busybox')
      .map((name): TarEntry => ({ kind: 'link', path: `bin/${name}`, target: 'busybox' })),
  ];
}
