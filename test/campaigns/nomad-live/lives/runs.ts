// Lives of one processing or several, good and bad.
import { cut, mainfile, many, zip } from '../archive.ts';
import { leavesNoTime } from '../places.ts';
import type { Life } from './life.ts';

const GOOD = { 'a.live0': mainfile(0, { name: 'a', sleep: 2 }), 'notes.txt': 'hello' };
const entry = JSON.stringify({ data: { m_def: 'nomad.datamodel.metainfo.eln.ElnBaseSection', name: 'sample' } });

export const runs: readonly Life[] = [
  {
    name: 'good',
    truth: 'one processing that ends well',
    told: 'created started? succeeded',
    last: 'created succeeded',
    async play({ ada }) {
      await ada.ended(await ada.create('good', GOOD));
    },
  },
  {
    name: 'good-again',
    truth: 'two that end well',
    told: 'created started? succeeded started? succeeded',
    last: (version) => (leavesNoTime(version) ? 'created' : 'created succeeded'),
    async play({ ada, minute }) {
      const id = await ada.create('good-again', GOOD);
      await ada.ended(id);
      await minute();
      await ada.process(id);
      await ada.ended(id);
    },
  },
  {
    name: 'bad-archive',
    truth: 'a failure; processed again it ends SUCCESS with nothing in it',
    told: 'created started? failed started? recovered? succeeded? empty',
    last: 'created failed empty',
    async play({ ada, minute }) {
      const id = await ada.create('bad-archive', cut(GOOD));
      await ada.ended(id);
      await minute();
      await ada.process(id);
      await ada.ended(id);
    },
  },
  {
    name: 'mended',
    truth: 'a failure, then a good file put into it: recovered',
    told: 'created started? failed started? recovered succeeded?',
    last: 'created failed recovered',
    async play({ ada, minute }) {
      const id = await ada.create('mended', cut(GOOD));
      await ada.ended(id);
      await minute();
      await ada.put(id, 'files.zip', zip(GOOD));
      await ada.ended(id);
    },
  },
  {
    name: 'raises',
    truth: 'SUCCESS, but one of three entries failed',
    told: 'created started? succeeded? entries_failed',
    last: 'created entries_failed',
    mails: ['b.live0 (live_parsers:level_0): RuntimeError: no units given'],
    async play({ ada }) {
      const bad = { 'b.live0': mainfile(0, { raise: 'no units given' }), 'c.live0': mainfile(0, { warn: 'odd' }) };
      await ada.ended(await ada.create('raises', { ...GOOD, ...bad }));
    },
  },
  {
    name: 'exits',
    truth: 'SUCCESS, but the parser of its one entry called sys.exit',
    told: 'created started? succeeded? entries_failed',
    last: 'created entries_failed',
    mails: ['a.live0 (live_parsers:level_0): parser raised system exit'],
    async play({ ada }) {
      await ada.ended(await ada.create('exits', { 'a.live0': mainfile(0, { exit: 1 }) }));
    },
  },
  {
    name: 'all-fail',
    truth: 'SUCCESS, but all entries failed; processed again, they fail again',
    told: 'created started? succeeded? entries_failed started? succeeded? entries_failed?',
    last: 'created entries_failed',
    mails: ['4 of 4 failed entries (live_parsers:level_0): RuntimeError: the detector file is truncated'],
    async play({ ada, minute }) {
      const id = await ada.create('all-fail', many(4, { raise: 'the detector file is truncated' }));
      await ada.ended(id);
      await minute();
      await ada.process(id);
      await ada.ended(id);
    },
  },
  {
    name: 'broken-archives',
    truth: 'SUCCESS, but NOMAD could not read three of its own files',
    told: 'created started? succeeded? entries_failed',
    last: 'created entries_failed',
    mails: [
      'ParserError: while parsing a flow node',
      'before it: Cannot parse archive json or yaml.',
      'date.archive.yaml (parsers/archive): ParserError: Unknown string format: not a date',
    ],
    async play({ ada }) {
      const section = 'm_def: nomad.datamodel.metainfo.eln';
      await ada.ended(
        await ada.create('broken-archives', {
          ...GOOD,
          'broken.archive.yaml': 'data:\n  m_def: [\n   nomad: {\n',
          'date.archive.yaml': `data:\n  ${section}.ElnBaseSection\n  name: sample\n  datetime: not a date\n`,
          'unknown.archive.yaml': `data:\n  ${section}.NoSuchSection\n  name: sample\n`,
        }),
      );
    },
  },
  {
    name: 'nothing',
    truth: 'SUCCESS with no entries: no file matched a parser',
    told: 'created started? succeeded? empty',
    last: 'created empty',
    async play({ ada }) {
      await ada.ended(await ada.create('nothing', { 'notes.txt': 'hello' }));
    },
  },
  {
    name: 'levels',
    truth: 'files of the levels -1, 0, 1 and 2, all good',
    told: 'created started? succeeded',
    last: 'created succeeded',
    async play({ ada }) {
      const files = {
        'a.archive.json': entry,
        ...many(2, { sleep: 2 }, 0),
        ...many(2, { sleep: 2 }, 1),
        ...many(2, { sleep: 2 }, 2),
      };
      await ada.ended(await ada.create('levels', files));
    },
  },
  {
    name: 'levels-above',
    truth: 'files of the levels 0, 1 and 2; one of level 1 fails',
    told: 'created started? succeeded? entries_failed',
    last: 'created entries_failed',
    async play({ ada }) {
      const bad = { 'z.live1': mainfile(1, { raise: 'level 1 found nothing' }) };
      const files = { ...many(2, { sleep: 2 }, 0), ...many(2, { sleep: 2 }, 1), ...many(2, { sleep: 2 }, 2), ...bad };
      await ada.ended(await ada.create('levels-above', files));
    },
  },
  {
    name: 'slow-entries',
    truth: 'one level lasts longer than STUCK_AFTER, but its entries move',
    isAlone: true,
    told: 'created started succeeded',
    last: 'created succeeded',
    async play({ ada, version }) {
      const count = version === '1.3.17' ? 30 : 14;
      await ada.ended(await ada.create('slow-entries', many(count, { sleep: 5 })), 600);
    },
  },
  {
    name: 'one-long',
    truth: 'one entry is parsed for longer than STUCK_AFTER and nothing moves: stuck; it ends well',
    isAlone: true,
    told: 'created started stuck unstuck? stuck? unstuck? succeeded',
    last: 'created succeeded',
    async play({ ada }) {
      await ada.ended(await ada.create('one-long', { 'a.live0': mainfile(0, { sleep: 50 }) }), 600);
    },
  },
];
