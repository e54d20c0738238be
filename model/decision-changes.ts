/** What a call changed, as short texts for the record. */

const LONGEST = 160;

function short(value: unknown): string {
  if (value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

/** Members whose texts differ: name → before and after; '' means absent. */
export function describeChanges(before: object, after: object): Readonly<Record<string, readonly [string, string]>> {
  const [old, fresh] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  const names = [...new Set([...old.keys(), ...fresh.keys()])];
  return Object.fromEntries(
    names.flatMap((name) => {
      const texts = [short(old.get(name)), short(fresh.get(name))] as const;
      return texts[0] === texts[1] ? [] : [[name, texts]];
    }),
  );
}
