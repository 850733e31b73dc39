// Whether an account's monitor sees NOMAD: 1 yes, 0 no, -1 the monitor itself does not answer Prometheus, and no other instance on its state leads.
import { type ValueMap, MappingType } from '@grafana/grafana-foundation-sdk/dashboard';
import { SELECT, of } from './panels.ts';

const GROUPS = `last_over_time(${of('shared_state_info')}[1d])`;

/** A monitor that is away has no metrics of its own: Prometheus' `up` tells, of those that were there within a day. */
export const SEEN = `${of('nomad_up')}
or
  (up{${SELECT}} == 0) - 1 and on (job, instance) present_over_time(${of('build_info')}[1d])
  unless on (job, instance) (
    ${GROUPS} and on (job, group) (${GROUPS} and on (job, instance) ${of('leader')} == 1)
  )`;
/** The same, and -2: it stands by, while the leader sees or does not. */
export const SEEN_EACH = `${SEEN}
or
  (${of('leader')} == 0) - 2`;

export const SEEN_WORDS: ValueMap = {
  type: MappingType.ValueToText,
  options: {
    '-2': { text: 'on standby', color: 'blue' },
    '-1': { text: 'no monitor', color: 'red' },
    '0': { text: 'not seen', color: 'red' },
    '1': { text: 'seen', color: 'green' },
  },
};
