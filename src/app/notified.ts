// Who is notified, as the configuration has it: for the monitor, and for the commands beside it.
import type { Config } from '../config/config.ts';
import { loadRules } from '../config/load.ts';
import type { Recipients } from '../domain/doctor/local-checks.ts';
import type { Identity } from '../domain/nomad/health.ts';
import { type Notified, noRecipientProblem } from '../domain/notify/no-recipient.ts';
import { NO_RULES } from '../domain/notify/routing.ts';
import { defaultsOf } from '../jobs/recipients.ts';
import { scheduleProblem } from '../scheduler.ts';

export function notifiedOf({ notifyOn, mail, webhook, chat, alertmanager, digestSchedule }: Config): Notified {
  return {
    notifyOn,
    mail,
    webhook: webhook !== null,
    chat: chat !== null,
    alertmanager: alertmanager !== null,
    digest: digestSchedule !== null,
  };
}

/** For `doctor`. By the rules file as it is now; one that is wrong counts as none. */
export function recipientsOf(config: Config, identity: Identity | null): Recipients {
  const read = loadRules(config, { scheduleProblem });
  const notified = notifiedOf(config);
  return {
    to: defaultsOf(notified, identity ?? { userId: null, email: null }).mailTo,
    problem: noRecipientProblem('rules' in read ? read.rules : NO_RULES, notified, identity),
  };
}
