// Reads a text file as people write them.
import { readFileSync } from 'node:fs';

/** UTF-8; or UTF-16, as Windows writes it, known by its byte order mark. null: it cannot be read. */
export function readText(path: string): string | null {
  try {
    const bytes = readFileSync(path);
    const [first, second] = bytes;
    if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
    if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
    return new TextDecoder().decode(bytes);
  } catch {
    return null;
  }
}
