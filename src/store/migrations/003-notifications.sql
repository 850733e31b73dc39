-- The unit of telling becomes the notification, an event for a recipient. It waits until it is put into a delivery: what is held just
-- waits on. A delivery can also carry something else than events (`document`), can be dropped by an operator, and knows when the other
-- side asked not to be tried before.
CREATE TABLE told AS
  SELECT event_id, delivery.account_id, channel, recipient, created_at, delivery_id
  FROM delivery_event JOIN delivery ON delivery.id = delivery_id ORDER BY delivery.seq, position;
DROP TABLE delivery_event;

ALTER TABLE delivery RENAME TO delivery_before;
CREATE TABLE delivery (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  account_id INTEGER NOT NULL REFERENCES account,
  channel TEXT NOT NULL,
  recipient TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'dead', 'dropped')),
  document TEXT, -- NULL: its notifications say what it carries
  created_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  not_before INTEGER NOT NULL DEFAULT 0, -- the other side's Retry-After
  lease_until INTEGER, -- NULL: nobody is sending it
  started INTEGER NOT NULL DEFAULT 0, -- tries begun
  unfinished INTEGER NOT NULL DEFAULT 0, -- tries begun since the last one whose end was noted
  first_tried_at INTEGER,
  settled_at INTEGER,
  reason TEXT
) STRICT;
INSERT INTO delivery (seq, id, account_id, channel, recipient, state, created_at, due_at, lease_until, started, unfinished, first_tried_at, settled_at, reason)
  SELECT seq, id, account_id, channel, recipient, state, created_at, due_at, lease_until, started, unfinished, first_tried_at, settled_at, reason
  FROM delivery_before;
DROP TABLE delivery_before;
CREATE INDEX delivery_pending ON delivery (channel, recipient, seq) WHERE state = 'pending';
CREATE INDEX delivery_settled ON delivery (settled_at) WHERE state <> 'pending';

CREATE TABLE notification (
  seq INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES account,
  event_id TEXT NOT NULL REFERENCES event (id),
  channel TEXT NOT NULL,
  recipient TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  delivery_id TEXT REFERENCES delivery (id) ON DELETE CASCADE, -- NULL: it waits
  UNIQUE (event_id, channel, recipient)
) STRICT;
INSERT INTO notification (event_id, account_id, channel, recipient, created_at, delivery_id) SELECT * FROM told;
DROP TABLE told;
CREATE INDEX notification_waiting ON notification (seq) WHERE delivery_id IS NULL;
CREATE INDEX notification_by_delivery ON notification (delivery_id, seq);

CREATE TABLE mute (
  account_id INTEGER NOT NULL REFERENCES account,
  upload_id TEXT NOT NULL, -- '': everything
  created_at INTEGER NOT NULL,
  until INTEGER NOT NULL,
  PRIMARY KEY (account_id, upload_id)
) STRICT, WITHOUT ROWID;

-- "I know": no reminders of this upload until something happens to it.
CREATE TABLE ack (
  account_id INTEGER NOT NULL REFERENCES account,
  upload_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (account_id, upload_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE reminder (
  account_id INTEGER NOT NULL REFERENCES account,
  upload_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (account_id, upload_id)
) STRICT, WITHOUT ROWID;

ALTER TABLE account ADD COLUMN digested_at INTEGER; -- NULL: no summary was due yet
