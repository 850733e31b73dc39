// Which form of the metrics each scraper gets. The headers are those that the programs send.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { metricsForm } from '../../src/http/metrics-form.ts';

const TEXT = 'text/plain; version=0.0.4; charset=utf-8';
const OPEN = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
const DRAFT = 'application/openmetrics-text; version=0.0.1; charset=utf-8';
const PROTOBUF = 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited';

const table: readonly (readonly [who: string, accept: string | undefined, contentType: string])[] = [
  ['nobody in particular', undefined, TEXT],
  ['curl', '*/*', TEXT],
  ['a browser', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', TEXT],
  [
    'Prometheus 2.42',
    'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
    OPEN,
  ],
  [
    'Prometheus 3.16',
    'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.7,application/openmetrics-text;version=0.0.1;q=0.6,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.4,*/*;q=0.3',
    OPEN,
  ],
  [
    'Prometheus 3.16 with scrape_protocols: [PrometheusText1.0.0]',
    'text/plain;version=1.0.0;escaping=allow-utf-8;q=0.7,*/*;q=0.6',
    TEXT,
  ],
  ['Prometheus 3.16 with scrape_protocols: [PrometheusProto]', `${PROTOBUF};q=0.7,*/*;q=0.6`, TEXT],
  ['asked for nothing', '', TEXT],
  ['OpenMetrics without a version', 'application/openmetrics-text', OPEN],
  ['only the draft of OpenMetrics', 'application/openmetrics-text; version=0.0.1; charset=utf-8', DRAFT],
  ['OpenMetrics 2, which we do not have', 'application/openmetrics-text;version=2.0.0,text/plain;q=0.1', TEXT],
  ['OpenMetrics 2 and nothing else', 'application/openmetrics-text;version=2.0.0', TEXT],
  ['only protobuf', PROTOBUF, TEXT],
  ['protobuf, else OpenMetrics', `${PROTOBUF};q=0.9,application/openmetrics-text;q=0.5,*/*;q=0.1`, OPEN],
  ['text before OpenMetrics', 'application/openmetrics-text;q=0.3,text/plain;q=0.5', TEXT],
  ['OpenMetrics before text', 'text/plain;q=0.3,application/openmetrics-text;q=0.5', OPEN],
  ['both alike: the first', 'text/plain,application/openmetrics-text', TEXT],
  ['both alike: the first', 'application/openmetrics-text,text/plain', OPEN],
  ['a name weighs more than anything', '*/*,application/openmetrics-text', OPEN],
  ['a name weighs more than its kind', 'text/*,application/openmetrics-text', OPEN],
  ['any application', 'application/*', OPEN],
  ['any text', 'text/*;q=0.9,application/openmetrics-text;q=0.1', TEXT],
  ['no OpenMetrics', 'application/openmetrics-text;q=0,*/*', TEXT],
  ['no OpenMetrics, though any application', 'application/openmetrics-text;q=0.0,application/*,*/*;q=0.1', TEXT],
  ['no text', 'text/plain;q=0,*/*', OPEN],
  ['nothing at all', '*/*;q=0', TEXT],
  ['names in capitals, blanks around', ' Application/OpenMetrics-Text ; version = "1.0.0" ; q=0.9 , */* ; q=0.1', OPEN],
  ['a weight that is none', 'application/openmetrics-text;q=high', OPEN],
  ['no list at all', ',;=,,;q', TEXT],
];
for (const [who, accept, contentType] of table) {
  test(`the form for ${who}: ${accept ?? 'no header'}`, () => {
    const given = metricsForm(accept);
    assert.equal(given.contentType, contentType);
    assert.equal(given.form, contentType === TEXT ? 'text' : 'openmetrics');
  });
}
