// Who is told in tests that are not about who is told: by default everybody who is configured.
import { EVENT_KINDS } from '../../src/domain/event.ts';
import { NO_RULES } from '../../src/domain/notify/routing.ts';
import { type RoutingOptions, createRouting } from '../../src/jobs/recipients.ts';

export function routing(more: Partial<RoutingOptions> = {}) {
  return createRouting({
    notifyOn: EVENT_KINDS,
    mail: null,
    webhook: false,
    chat: false,
    alertmanager: false,
    digest: false,
    rules: () => NO_RULES,
    ...more,
  });
}
