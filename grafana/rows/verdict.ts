// The top row: is everything all right? Of several accounts, the worst one or the sum is told.
import { BigValueGraphMode } from '@grafana/grafana-foundation-sdk/common';
import { type ValueMap, MappingType } from '@grafana/grafana-foundation-sdk/dashboard';
import type { PanelBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { type Step, of, stat } from '../panels.ts';
import { SEEN, SEEN_WORDS } from '../seen.ts';

const FINE_AT_ZERO = (color: string): readonly Step[] => [
  { from: null, color: 'green' },
  { from: 1, color },
];
const PLAIN: readonly Step[] = [{ from: null, color: 'blue' }];
const ANSWERS = 'no monitor answers';
/** Some metrics are 0 until they are known, and 1970 is nobody's answer. */
const BEFORE_1990 = 600_000_000;

const STALLED_WORDS: ValueMap = {
  type: MappingType.ValueToText,
  options: { '0': { text: 'moves', color: 'green' }, '1': { text: 'stalled', color: 'red' } },
};

export function verdict(): readonly PanelBuilder[] {
  return [
    stat(
      {
        id: 1,
        title: 'NOMAD',
        description:
          'Whether the last poll of every chosen account returned a complete listing; "no monitor" if one does not even answer Prometheus. "Accounts" at the end shows whose, "Polls" the results.',
        w: 3,
        h: 4,
        unit: 'short',
        none: ANSWERS,
      },
      `min(
  ${SEEN}
)`,
      [
        { from: null, color: 'red' },
        { from: 1, color: 'green' },
      ],
      BigValueGraphMode.None,
    ).mappings([SEEN_WORDS]),
    stat(
      {
        id: 15,
        title: 'Processing',
        description:
          'Stalled: uploads of an account are waiting for a worker of NOMAD, and none of its uploads has made progress for 10 minutes.',
        w: 2,
        h: 4,
        unit: 'short',
        none: ANSWERS,
      },
      `max(${of('nomad_processing_stalled')})`,
      FINE_AT_ZERO('red'),
      BigValueGraphMode.None,
    ).mappings([STALLED_WORDS]),
    stat(
      {
        id: 2,
        title: 'Last successful poll',
        description:
          'How long ago the last complete listing was received, of the account for which it is longest. A poll is due every minute; after 10 minutes the monitor reports "nomad.unreachable".',
        w: 3,
        h: 4,
        unit: 's',
        none: ANSWERS,
      },
      `time() - min(${of('last_successful_poll_timestamp_seconds')})`,
      [
        { from: null, color: 'green' },
        { from: 180, color: 'orange' },
        { from: 600, color: 'red' },
      ],
      BigValueGraphMode.None,
    ).mappings([
      {
        type: MappingType.RangeToText,
        options: { from: BEFORE_1990, to: null, result: { text: 'none yet', color: 'red' } },
      },
    ]),
    stat(
      {
        id: 3,
        title: 'Uploads',
        description: 'All uploads of the chosen accounts, whatever their state.',
        w: 2,
        h: 4,
        unit: 'short',
        none: ANSWERS,
      },
      `sum(${of('uploads')})`,
      PLAIN,
      BigValueGraphMode.None,
    ),
    condition(
      4,
      'Failed',
      2,
      'failed',
      'Uploads with a failure that no processing has fixed; an edit or a publish does not fix it.',
      'red',
    ),
    condition(
      5,
      'Stuck',
      2,
      'stuck',
      'Uploads being processed that have made no progress for STUCK_AFTER (2 hours).',
      'red',
    ),
    condition(
      6,
      'Entries failed',
      3,
      'entries_failed',
      'Uploads that succeeded, but contain failed entries. Those from before the first poll are counted gradually.',
      'orange',
    ),
    stat(
      {
        id: 7,
        title: 'Messages waiting',
        description:
          'Messages not delivered yet. Above 0 for longer than a minute: a channel accepts nothing, see "Channels".',
        w: 2,
        h: 4,
        unit: 'short',
        none: ANSWERS,
      },
      `sum(${of('deliveries_pending')})`,
      FINE_AT_ZERO('orange'),
    ),
    stat(
      {
        id: 8,
        title: 'Given up',
        description:
          'Messages that nobody will get: refused permanently, or tried for 3 days. `outbox` lists them with the reason.',
        w: 2,
        h: 4,
        unit: 'short',
        none: ANSWERS,
      },
      `sum(${of('deliveries_dead')})`,
      FINE_AT_ZERO('red'),
    ),
    stat(
      {
        id: 9,
        title: 'Token expires in',
        description:
          'Of the token in use that expires first. It is renewed automatically at about four fifths of its life: this falls and jumps back. A given token that cannot be renewed just falls.',
        w: 3,
        h: 4,
        unit: 's',
        none: 'not known',
      },
      `min(${of('token_expiry_timestamp_seconds')} > 0) - time()`,
      [
        { from: null, color: 'red' },
        { from: 0, color: 'orange' },
        { from: 20, color: 'green' },
      ],
    ).mappings([
      { type: MappingType.RangeToText, options: { from: null, to: 0, result: { text: 'expired', color: 'red' } } },
    ]),
  ];
}

function condition(id: number, title: string, w: number, name: string, description: string, color: string) {
  return stat(
    { id, title, description, w, h: 4, unit: 'short', none: ANSWERS },
    `sum(${of('uploads_by_condition', `condition="${name}"`)})`,
    FINE_AT_ZERO(color),
  );
}
