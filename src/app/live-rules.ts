// The rules that hold: as read at the start, until a file that is right takes their place.
import type { Config } from '../config/config.ts';
import { loadRules } from '../config/load.ts';
import type { Rules } from '../domain/notify/routing.ts';
import type { Log } from '../log.ts';

export interface LiveRules {
  current(): Rules;
  /** Reads the file again; one that is wrong is told, and changes nothing. Answers whether it was right. */
  reload(): boolean;
}

export function createLiveRules(config: Config, rules: Rules, log: Log): LiveRules {
  let inForce = rules;
  return {
    current: () => inForce,
    reload() {
      const read = loadRules(config);
      if ('rules' in read) {
        inForce = read.rules;
        log.info({ routes: inForce.routes.length, quiet: inForce.quiet.length }, 'the rules file was reloaded');
        return true;
      }
      for (const problem of read.problems) log.error({}, problem);
      log.error({ problems: read.problems.length }, 'the rules file is invalid: the previous rules stay in use');
      return false;
    },
  };
}
