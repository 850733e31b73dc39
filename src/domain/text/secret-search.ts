// Finds which of many texts stand in another: by the first letters and by length, so that thousands take as long as one. Pure.

export interface SecretSearch {
  add(form: string): void;
  /** Has to be called as often as it was added. */
  remove(form: string): void;
  /** With `[secret]` in place of each; where some overlap, in place of all of them together. */
  replaced(text: string): string;
}

/** Shorter ones are not searched for: something of three letters would be found everywhere and make every line unreadable. */
const SHORTEST = 4;

export function createSecretSearch(): SecretSearch {
  /** How often each was added. */
  const counts = new Map<string, number>();
  /** The lengths of those that begin with these letters, and how many have each. */
  const lengths = new Map<string, Map<number, number>>();

  function count(form: string, by: 1 | -1): void {
    const start = form.slice(0, SHORTEST);
    const own = lengths.get(start) ?? new Map<number, number>();
    const left = (own.get(form.length) ?? 0) + by;
    if (left > 0) own.set(form.length, left);
    else own.delete(form.length);
    if (own.size > 0) lengths.set(start, own);
    else lengths.delete(start);
  }

  /** Of the longest that begins here; 0: none does. */
  function lengthAt(text: string, at: number): number {
    const own = lengths.get(text.slice(at, at + SHORTEST));
    if (own === undefined) return 0;
    return Math.max(0, ...[...own.keys()].filter((length) => counts.has(text.slice(at, at + length))));
  }

  return {
    add(form) {
      if (form.length < SHORTEST) return;
      const before = counts.get(form) ?? 0;
      counts.set(form, before + 1);
      if (before === 0) count(form, 1);
    },
    remove(form) {
      const before = counts.get(form) ?? 0;
      if (before > 1) counts.set(form, before - 1);
      if (before !== 1) return;
      counts.delete(form);
      count(form, -1);
    },
    replaced(text) {
      const parts: string[] = [];
      let kept = 0;
      for (let at = 0; at <= text.length - SHORTEST; at += 1) {
        let end = at + lengthAt(text, at);
        if (end === at) continue;
        for (let next = at + 1; next < end; next += 1) end = Math.max(end, next + lengthAt(text, next));
        parts.push(text.slice(kept, at), '[secret]');
        kept = end;
        at = end - 1;
      }
      return kept === 0 ? text : `${parts.join('')}${text.slice(kept)}`;
    },
  };
}
