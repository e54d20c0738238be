/** Unpacks an agent package: files and folders, and nothing that points elsewhere. */
import * as fs from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-fs';

const PLAIN: ReadonlySet<string> = new Set(['file', 'directory']);

/** Rejects if the file is no gzipped tar, or the disk is full. */
export const unpack = (file: string, into: string): Promise<void> =>
  pipeline(
    fs.createReadStream(file),
    createGunzip(),
    extract(into, { ignore: (_name, header) => header !== undefined && !PLAIN.has(header.type) }),
  );
