// A log that keeps what is said: level and message.
import type { Fields } from '../../src/log.ts';

export function logger() {
  const logged: string[] = [];
  const at = (level: string) => (_: Fields, message: string) => void logged.push(`${level} ${message}`);
  return { logged, log: { debug: () => undefined, info: at('info'), warn: at('warn'), error: at('error') } };
}
