// Views for a page that is open to all: whom messages were for is not shown.
import type { Views } from './views.ts';

const HIDDEN = 'hidden';
/** In what servers answer and in the reason of a refusal. */
const ADDRESS = /[^\s<>()[\]"',;:]+@[^\s<>()[\]"',;:]+/g;

export function withoutRecipients(views: Views): Views {
  const statusOf = <Given extends { readonly undelivered: readonly Recipient[] }>(status: Given): Given => ({
    ...status,
    undelivered: status.undelivered.map(hidden),
  });
  return {
    ...views,
    status: async (now) => statusOf(await views.status(now)),
    async home(now, query) {
      const { status, list } = await views.home(now, query);
      return { status: statusOf(status), list };
    },
    async upload(id) {
      const view = await views.upload(id);
      return view === null
        ? null
        : {
            ...view,
            receipts: view.receipts.map((each) => ({ ...hidden(each), answer: withoutAddresses(each.answer) })),
          };
    },
    async outbox(now, after, limit) {
      const view = await views.outbox(now, after, limit);
      return { ...view, deliveries: view.deliveries.map(hidden) };
    },
  };
}

interface Recipient {
  readonly recipient: string;
  readonly reason: string | null;
}

function hidden<Given extends Recipient>(given: Given): Given {
  return { ...given, recipient: HIDDEN, reason: withoutAddresses(given.reason) };
}

function withoutAddresses(text: string | null): string | null {
  return text === null ? null : text.replace(ADDRESS, HIDDEN);
}
