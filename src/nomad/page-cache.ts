// Reads the pages of a listing again and again. A page that comes byte by byte as in the listing before is not read anew: in a large
// account hardly any page has changed, and its uploads go on being the very same values.
import { hash } from 'node:crypto';
import type { Answer } from './client.ts';
import { type Page, readPage } from './wire.ts';

/** The page at this offset; null when the answer is no page. */
export type ReadPage = (answer: Extract<Answer, { readonly kind: 'answer' }>, offset: number) => Page | null;

export interface Pages {
  /** For one listing. What it does not come across is forgotten with the next. */
  begin(): ReadPage;
}

export function createPages(): Pages {
  let known = new Map<number, { readonly digest: string; readonly page: Page }>();

  return {
    begin() {
      const [before, now] = [known, new Map<number, { readonly digest: string; readonly page: Page }>()];
      known = now;
      return (answer, offset) => {
        const digest = hash('sha256', answer.bytes, 'base64');
        const same = before.get(offset);
        const page = same?.digest === digest ? same.page : readPage(answer.body);
        if (page === null) return null;
        now.set(offset, { digest, page });
        release(answer.bytes);
        return page;
      };
    },
  };
}

/** A large buffer that nobody uses lies about until V8 looks at its old memory: those of ten listings came to more than all uploads. */
function release({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
