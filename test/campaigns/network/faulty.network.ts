// The monitor on a network that fails in every way that toxiproxy knows. Run by `npm run test:network`; not part of `npm test`, which needs no Go.
import { after, describe, test } from 'node:test';
import { LINKS, openLab } from './lab.ts';
import { play } from './play.ts';
import { type Scenario, SCENARIOS } from './scenarios.ts';
import { STORMS } from './storms.ts';
import { startToxiproxy } from './toxiproxy.ts';

const toxiproxy = await startToxiproxy(process.env['TOXIPROXY'] ?? '');
after(() => toxiproxy.stop());

// They mostly wait for time limits: side by side that is minutes, not an hour.
describe('network', { concurrency: true, timeout: 420_000 }, () => {
  for (const { name, run } of STORMS) test(name, (context) => run(context, toxiproxy));
  for (const scenario of SCENARIOS.filter(({ slow }) => slow === true)) {
    test(nameOf(scenario), async (context) => {
      const lab = await openLab(context, toxiproxy, scenario);
      await play(scenario, lab, context);
      await lab.end();
    });
  }
  // One program lives through the quick ones of a link, one after the other.
  for (const link of LINKS) {
    test(link, async (context) => {
      const lab = await openLab(context, toxiproxy);
      for (const scenario of SCENARIOS.filter((each) => each.link === link && each.slow !== true))
        await context.test(nameOf(scenario), (own) => play(scenario, lab, own));
      await lab.end();
    });
  }
});

function nameOf({ link, fault }: Scenario): string {
  return `${link}: ${fault}`;
}
