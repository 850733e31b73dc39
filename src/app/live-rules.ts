// The rules in force: those read at startup, until a valid file replaces them.
import type { Config } from '../config/config.ts';
import { loadRules } from '../config/load.ts';
import type { Rules } from '../domain/notify/routing.ts';
import type { Log } from '../log.ts';
import { scheduleProblem } from '../scheduler.ts';

export interface LiveRules {
  current(): Rules;
  /** Reads the file again; the problems of an invalid one are logged, and nothing changes. Returns whether it was valid. */
  reload(): boolean;
}

export function createLiveRules(config: Config, rules: Rules, log: Log): LiveRules {
  let inForce = rules;
  return {
    current: () => inForce,
    reload() {
      if (config.rulesFile === null && config.account !== null) return true;
      const read = loadRules(config, { scheduleProblem });
      if ('rules' in read) {
        inForce = read.rules;
        const { routes, quiet, summaries } = inForce;
        const counts = { routes: routes.length, quiet: quiet.length, summaries: summaries.length };
        log.info(counts, 'the rules file was reloaded');
        return true;
      }
      for (const problem of read.problems) log.error({}, problem);
      log.error({ problems: read.problems.length }, 'the rules file is invalid: the previous rules stay in use');
      return false;
    },
  };
}
