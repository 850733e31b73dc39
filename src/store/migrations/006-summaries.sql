-- Several summaries, each at times of its own: until when the last of each schedule was made, in place of one time for all.
CREATE TABLE summary (
  account_id INTEGER NOT NULL REFERENCES account,
  schedule TEXT NOT NULL, -- '': from before, whatever the schedule was
  at INTEGER NOT NULL,
  PRIMARY KEY (account_id, schedule)
) STRICT, WITHOUT ROWID;
INSERT INTO summary (account_id, schedule, at) SELECT id, '', digested_at FROM account WHERE digested_at IS NOT NULL;
ALTER TABLE account DROP COLUMN digested_at;
