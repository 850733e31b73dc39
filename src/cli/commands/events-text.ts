// What `events` prints: a line for each event, in the time zone of TZ. Pure.
import type { Event } from '../../domain/event.ts';
import { eventReason } from '../../domain/message/event-text.ts';
import { oneLine } from '../../domain/text/one-line.ts';
import { clockText, timeText, zoneText } from '../../domain/text/time-format.ts';
import { titleOf } from '../../domain/upload.ts';
import { type TableColumn, table } from '../terminal/table.ts';

export interface EventsLayout {
  /** Places of the terminal; null: whole. */
  readonly width: number | null;
  readonly timeZone: string;
  /** Takes our secrets out. */
  readonly scrub: (text: string) => string;
}

/** From this width on there is room for ids and for times with year and zone. */
const WIDE = 120;

export function eventsText(events: readonly Event[], { width, timeZone, scrub }: EventsLayout): string {
  const isWide = width === null || width >= WIDE;
  const time = isWide ? timeText : clockText;
  const rows = events.map((event) => {
    const { upload } = event;
    const cells = [time(event.time, timeZone), event.kind, upload === null ? '-' : titleOf(upload, 300)];
    const id = isWide ? [oneLine(upload?.id ?? '-', 100)] : [];
    return [...cells, ...id, oneLine(eventReason(event) ?? '', 200)].map(scrub);
  });
  const zone = zoneText(events.at(-1)?.time ?? 0, timeZone);
  return table(columns(isWide, zone), rows, width).join('\n');
}

function columns(isWide: boolean, zone: string): readonly TableColumn[] {
  const id: readonly TableColumn[] = isWide ? [{ title: 'ID', spare: 3 }] : [];
  return [
    { title: isWide ? 'FOUND' : `FOUND (${zone})`, spare: 1 },
    { title: 'WHAT' },
    { title: 'UPLOAD', least: 12 },
    ...id,
    { title: 'WHY', least: 10, spare: 2 },
  ];
}
