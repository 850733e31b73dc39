// What rows of a database mean, whichever it is.

export type Row = Readonly<Record<string, unknown>>;

export function number(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

export function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
