const START = 0x811c9dc5;

/**
 * FNV-1a over the text's UTF-16 units: a 32-bit number, the same on every machine. For order and marks, not for secrets.
 * `before`: the hash of the text before this one, so that texts with a common beginning need no joining.
 */
export function textHash(text: string, before = START): number {
  let hash = before;
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
}
