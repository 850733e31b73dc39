// Ids that are made of what they stand for: the same text has the same id, also in another process.
import { createHash } from 'node:crypto';

/** The first hexadecimal digits of the text's SHA-256. */
export function hashOf(text: string, digits = 32): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}
