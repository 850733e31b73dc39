// The dashboard: its variables, its links and its rows. `npm run dashboard` writes it to dashboard.json, which is what people import.
import {
  type Dashboard,
  type DashboardLink,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  TextBoxVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { NOMAD_UPLOADS } from './links.ts';
import { DATASOURCE } from './panels.ts';
import { accounts } from './rows/accounts.ts';
import { instances } from './rows/instances.ts';
import { messages } from './rows/messages.ts';
import { nomad } from './rows/nomad.ts';
import { byProcess, durations } from './rows/processing.ts';
import { conditions, eventSums, events, statuses, worstUploads } from './rows/uploads.ts';
import { verdict } from './rows/verdict.ts';

export function dashboard(): Dashboard {
  const board = new DashboardBuilder('NOMAD uploads')
    .uid('nomad-upload-monitor')
    .description(
      'The uploads of NOMAD accounts as nomad-upload-monitor sees them: which are failed or stuck, how processing goes, and whether messages are sent. Explained in docs/grafana.md.',
    )
    .tags(['nomad', 'nomad-upload-monitor', 'prometheus'])
    .readonly()
    .timezone('browser')
    .time({ from: 'now-24h', to: 'now' })
    .refresh('1m')
    .tooltip(DashboardCursorSync.Crosshair)
    .variables(variables())
    .link({ build: link });
  for (const panel of verdict()) board.withPanel(panel);
  board.withRow(new RowBuilder('Uploads').id(100));
  for (const panel of [worstUploads(), conditions(), statuses(), events(), eventSums()]) board.withPanel(panel);
  board.withRow(new RowBuilder('Processing').id(101));
  for (const panel of [durations(), byProcess()]) board.withPanel(panel);
  board.withRow(new RowBuilder('NOMAD').id(102));
  for (const panel of nomad()) board.withPanel(panel);
  board.withRow(new RowBuilder('Messages').id(103));
  for (const panel of messages()) board.withPanel(panel);
  const shared = new RowBuilder('Instances').id(105).collapsed(true);
  for (const panel of instances()) shared.withPanel(panel);
  board.withRow(shared);
  const last = new RowBuilder('Accounts and their processes').id(104).collapsed(true);
  for (const panel of accounts()) last.withPanel(panel);
  return board.withRow(last).build();
}

function link(): DashboardLink {
  const made = new DashboardLinkBuilder('Uploads in NOMAD')
    .type(DashboardLinkType.Link)
    .icon('external link')
    .tooltip("The account's uploads in NOMAD's own pages")
    .url(NOMAD_UPLOADS)
    .targetBlank(true)
    .build();
  // The builder's own place is a menu; without one it stands beside the variables, where it is seen.
  delete made.placement;
  return made;
}

function variables() {
  return [
    new DatasourceVariableBuilder('datasource')
      .label('Data source')
      .description('The Prometheus that scrapes the monitors.')
      .type('prometheus'),
    byLabel('job', 'Job', 'build_info', 'job').description("The scrape job in Prometheus's configuration."),
    byLabel('account', 'Account', 'build_info{job=~"$job"}', 'instance').description(
      'One monitor watches one NOMAD account: an account is the "instance" of its scrape target, which can be given a name there. Of instances that share a state choose all.',
    ),
    new TextBoxVariableBuilder('nomad_gui')
      .label('NOMAD')
      .description('The address of the GUI of your NOMAD: the names of uploads link to it.')
      .defaultValue('https://nomad-lab.eu/prod/v1/gui')
      .current({ text: 'https://nomad-lab.eu/prod/v1/gui', value: 'https://nomad-lab.eu/prod/v1/gui' }),
    new TextBoxVariableBuilder('monitor_url')
      .label('Monitor')
      .description(
        'What precedes the account in the address of its monitor: "http://", or "https://host/" behind a proxy.',
      )
      .defaultValue('http://')
      .current({ text: 'http://', value: 'http://' }),
  ];
}

function byLabel(name: string, label: string, selector: string, source: string): QueryVariableBuilder {
  const query = `label_values(nomad_upload_monitor_${selector}, ${source})`;
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATASOURCE)
    .query(query)
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.+')
    .current({ text: ['All'], value: ['$__all'] });
}
