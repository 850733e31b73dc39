// Whether an account's monitor sees NOMAD: 1 yes, 0 no, -1 the monitor itself does not answer Prometheus.
import { type ValueMap, MappingType } from '@grafana/grafana-foundation-sdk/dashboard';
import { SELECT, of } from './panels.ts';

/** A monitor that is away has no metrics of its own: Prometheus' `up` tells, of those that were there within a day. */
export const SEEN = `${of('nomad_up')}
or
  (up{${SELECT}} == 0) - 1 and on (job, instance) present_over_time(${of('build_info')}[1d])`;

export const SEEN_WORDS: ValueMap = {
  type: MappingType.ValueToText,
  options: {
    '-1': { text: 'no monitor', color: 'red' },
    '0': { text: 'not seen', color: 'red' },
    '1': { text: 'seen', color: 'green' },
  },
};
