/** Reads the kernel's tables of a network namespace. Pure. */

/** The namespace's own addresses, from `/proc/net/fib_trie`. */
export function localAddresses(fibTrie: string): ReadonlySet<string> {
  const found = new Set<string>();
  let latest = '';
  for (const line of fibTrie.split('\n')) {
    const address = /^[\s|+]*-- (\d+\.\d+\.\d+\.\d+)$/.exec(line)?.[1];
    if (address !== undefined) latest = address;
    else if (/^\s*\/32 host LOCAL$/.test(line)) found.add(latest);
  }
  return found;
}

const LISTENS = '0A';

/** Whether a program listens at exactly this address and port, from `/proc/net/tcp`. */
export function isListening(tcp: string, { host, port }: { readonly host: string; readonly port: number }): boolean {
  const bytes = host.split('.').map((part) => hex(Number(part), 2));
  const local = `${bytes.reverse().join('')}:${hex(port, 4)}`;
  return tcp.split('\n').some((line) => {
    const [, where, , state] = line.trim().split(/\s+/);
    return where === local && state === LISTENS;
  });
}

const hex = (value: number, digits: number): string => value.toString(16).toUpperCase().padStart(digits, '0');
