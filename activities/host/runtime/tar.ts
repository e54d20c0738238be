/** Writes a tar archive (ustar) in memory: enough for small images that are built without a registry. */

export type TarEntry =
  | { readonly kind: 'folder'; readonly path: string; readonly mode?: number }
  | { readonly kind: 'file'; readonly path: string; readonly content: Uint8Array; readonly mode?: number }
  | { readonly kind: 'link'; readonly path: string; readonly target: string };

const BLOCK = 512;
const TYPE_FLAG = { file: '0', link: '2', folder: '5' } as const;

/** The archive of the entries, in their order. Throws if a path or link target has more than 100 bytes. */
export function tarArchive(entries: readonly TarEntry[]): Buffer {
  const parts = entries.flatMap((entry) => {
    const content = entry.kind === 'file' ? Buffer.from(entry.content) : Buffer.alloc(0);
    const padding = Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK);
    return [header(entry, content.length), content, padding];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

function header(entry: TarEntry, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const put = (text: string, at: number, length: number): void => {
    if (Buffer.byteLength(text) > length) throw new Error(`Too long for a tar header: ${text}`);
    block.write(text, at, 'utf8');
  };
  const octal = (value: number, at: number, length: number): void =>
    put(`${value.toString(8).padStart(length - 1, '0')}\0`, at, length);
  const mode = entry.kind === 'link' ? 0o777 : (entry.mode ?? 0o755);
  put(entry.path, 0, 100);
  octal(mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  put(' '.repeat(8), 148, 8);
  put(TYPE_FLAG[entry.kind], 156, 1);
  if (entry.kind === 'link') put(entry.target, 157, 100);
  put('ustar\0' + '00', 257, 8);
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 8);
  return block;
}
