// What passes between the monitor and NOMAD: polls, requests, tokens.
import { counts, of, overTime, series } from '../panels.ts';
import { POLL_RESULTS, TOKEN_RESULTS, byState } from '../states.ts';

const PER_MINUTE = '60 *';

export function nomad() {
  return [
    byState(
      counts(
        {
          id: 30,
          title: 'Polls',
          description:
            'Polls by result: ok, unreachable (no answer), unauthorized (login or token), invalid (not NOMAD), incomplete (the list changed under it), skipped (a pause, or the previous one is still running).',
          w: 12,
          h: 8,
          unit: 'short',
          decimals: 0,
          none: 'No monitor answers',
        },
        [overTime('A', `sum by (result) (increase(${of('polls_total')}[$__rate_interval])) > 0`, '{{result}}')],
      ),
      POLL_RESULTS,
    ),
    series(
      {
        id: 31,
        title: 'How long polls take',
        description: 'Half of them (p50) and all but one of a hundred (p99). A sweep lists a large account in full.',
        w: 12,
        h: 8,
        unit: 's',
        none: 'No poll has ended in this time',
      },
      [quantile('A', 0.5), quantile('B', 0.99)],
    ),
    series(
      {
        id: 32,
        title: 'Requests to NOMAD per minute',
        description: 'By endpoint and HTTP status; "error" is no answer at all.',
        w: 8,
        h: 8,
        unit: 'opm',
        decimals: 1,
        none: 'No request in this time',
      },
      [
        overTime(
          'A',
          `${PER_MINUTE} sum by (endpoint, code) (rate(${of('nomad_requests_total')}[$__rate_interval])) > 0`,
          '{{endpoint}} {{code}}',
        ),
      ],
    ),
    series(
      {
        id: 33,
        title: 'Bytes from NOMAD',
        description: 'By endpoint, as received, compressed and with headers.',
        w: 8,
        h: 8,
        unit: 'Bps',
        none: 'No answer in this time',
      },
      [
        overTime(
          'A',
          `sum by (endpoint) (rate(${of('nomad_response_bytes_total')}[$__rate_interval])) > 0`,
          '{{endpoint}}',
        ),
      ],
    ),
    byState(
      counts(
        {
          id: 34,
          title: 'Token requests',
          description:
            'By result. "refused" is a wrong password or a token without the right: after five within an hour the monitor waits.',
          w: 8,
          h: 8,
          unit: 'short',
          decimals: 0,
          none: 'No monitor answers',
        },
        [overTime('A', `sum by (result) (increase(${of('token_renewals_total')}[$__rate_interval]))`, '{{result}}')],
      ),
      TOKEN_RESULTS,
    ),
  ];
}

function quantile(refId: string, share: number) {
  return overTime(
    refId,
    `histogram_quantile(${share}, sum by (kind, le) (rate(${of('poll_duration_seconds_bucket')}[$__rate_interval]))) >= 0`,
    `{{kind}} p${share * 100}`,
  );
}
