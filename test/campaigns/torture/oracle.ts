// The judge: from the truth and from what arrived, what was lost, told twice, or told without being so. Pure; believes nothing that the
// monitor says of itself, but for the state, which is held against what arrived.
import type { Evidence, Violation } from './evidence.ts';
import { lost, lostInCrashes, lostInMails } from './lost.ts';
import { violation } from './told.ts';
import { twice } from './twice.ts';
import { outOfOrder, untrue } from './untrue.ts';

export function judge(evidence: Evidence): readonly Violation[] {
  if (evidence.unrest !== null) return [{ promise: 'lost', what: `it did not come to rest: ${evidence.unrest}` }];
  return [
    ...lost(evidence),
    ...lostInMails(evidence),
    ...lostInCrashes(evidence),
    ...twice(evidence),
    ...untrue(evidence),
    ...outOfOrder(evidence),
    ...state(evidence),
  ];
}

/** The state is whole, nothing waits in it, and what it says of deliveries is what the other side saw. */
function state({
  state: { integrity, unfinished, deliveries, events },
  recipients,
  ...arrived
}: Evidence): readonly Violation[] {
  const taken = new Set([...arrived.mails, ...arrived.posts].map(({ id }) => id));
  const known = new Set(deliveries.map(({ id }) => id));
  const problems = [
    ...(integrity === 'ok' ? [] : [`integrity: ${integrity}`]),
    ...(unfinished === 0 ? [] : [`${unfinished} things still wait`]),
    ...deliveries
      .filter(({ id, state: as }) => as === 'delivered' && !taken.has(id))
      .map(({ id }) => `${id} never arrived`),
    ...deliveries
      .filter(
        ({ id, state: as, reason }) =>
          (as === 'dead') !== arrived.refused.has(id) || (as === 'dead' && reason === null),
      )
      .map(({ id, state: as, reason }) => `${id} is ${as}: ${reason ?? 'no reason'}`),
    ...[...taken].filter((id) => !known.has(id)).map((id) => `${id} arrived and is not known`),
    ...events
      .filter(({ id }) => deliveries.filter(({ eventIds }) => eventIds.includes(id)).length !== recipients.length + 1)
      .map(({ id, kind }) => `${kind} ${id} is not on its way to each recipient`),
  ];
  return problems.map((what) => violation('state', what));
}
