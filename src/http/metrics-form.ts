// Which form of the metrics a scraper gets, by its `Accept` (RFC 9110, 12.5.1).
import { type Accept, parseAccept } from 'hono/utils/accept';
import type { Form } from '../metrics/exposition.ts';

interface Offer {
  readonly form: Form;
  readonly type: string;
  readonly version: string;
}

/** Who takes anything gets the first. What is written as OpenMetrics 1.0.0 is right in its draft too, which older scrapers ask for. */
const OFFERS: readonly [Offer, ...Offer[]] = [
  { form: 'text', type: 'text/plain', version: '0.0.4' },
  { form: 'openmetrics', type: 'application/openmetrics-text', version: '1.0.0' },
  { form: 'openmetrics', type: 'application/openmetrics-text', version: '0.0.1' },
];

/** Of equal wishes the more exact one comes first, then the order. A scraper that wants nothing that there is gets text, as from other exporters. */
export function metricsForm(accept: string | undefined): { readonly form: Form; readonly contentType: string } {
  const wishes = parseAccept(accept ?? '').toSorted((a, b) => b.q - a.q || exactness(b) - exactness(a));
  const refused = wishes.filter((wish) => wish.q === 0 && exactness(wish) === 2);
  const offers = OFFERS.filter((offer) => !refused.some((wish) => isMet(wish, offer)));
  for (const wish of wishes.filter(({ q }) => q > 0)) {
    const offer = offers.find((each) => isMet(wish, each));
    if (offer !== undefined) return answerOf(offer);
  }
  return answerOf(OFFERS[0]);
}

function isMet({ type, params }: Accept, offer: Offer): boolean {
  const wanted = type.toLowerCase();
  if (wanted === '*/*') return true;
  if (wanted.endsWith('/*')) return offer.type.startsWith(wanted.slice(0, -1));
  return wanted === offer.type && (params['version'] ?? offer.version) === offer.version;
}

/** 2: a type by its name, 1: `text/*`, 0: anything. */
function exactness({ type }: Accept): 0 | 1 | 2 {
  if (type === '*/*') return 0;
  return type.endsWith('/*') ? 1 : 2;
}

function answerOf({ form, type, version }: Offer) {
  return { form, contentType: `${type}; version=${version}; charset=utf-8` };
}
