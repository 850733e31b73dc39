-- Times are milliseconds since the epoch. `document` columns are JSON of domain values.
CREATE TABLE account (
  id INTEGER PRIMARY KEY,
  deployment TEXT NOT NULL,
  user TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  sequence INTEGER, -- of the newest snapshot; NULL: never polled
  taken_at INTEGER,
  UNIQUE (deployment, user)
) STRICT;

CREATE TABLE upload (
  account_id INTEGER NOT NULL REFERENCES account,
  upload_id TEXT NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (account_id, upload_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE event (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  account_id INTEGER NOT NULL REFERENCES account,
  kind TEXT NOT NULL,
  time INTEGER NOT NULL,
  upload_id TEXT,
  document TEXT NOT NULL
) STRICT;
CREATE INDEX event_by_time ON event (account_id, time);
CREATE INDEX event_by_upload ON event (account_id, upload_id, time);

CREATE TABLE delivery (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  account_id INTEGER NOT NULL REFERENCES account,
  channel TEXT NOT NULL,
  recipient TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'dead')),
  created_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  lease_until INTEGER, -- NULL: nobody is sending it
  started INTEGER NOT NULL DEFAULT 0, -- tries begun
  unfinished INTEGER NOT NULL DEFAULT 0, -- tries begun since the last one whose end was noted
  first_tried_at INTEGER,
  settled_at INTEGER,
  reason TEXT
) STRICT;
CREATE INDEX delivery_pending ON delivery (channel, recipient, seq) WHERE state = 'pending';
CREATE INDEX delivery_settled ON delivery (settled_at) WHERE state <> 'pending';

CREATE TABLE delivery_event (
  delivery_id TEXT NOT NULL REFERENCES delivery (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  event_id TEXT NOT NULL REFERENCES event (id),
  PRIMARY KEY (delivery_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_event_by_event ON delivery_event (event_id);

CREATE TABLE refusal (
  login TEXT NOT NULL,
  time INTEGER NOT NULL
) STRICT;

CREATE TABLE probe (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  time INTEGER NOT NULL
) STRICT;
