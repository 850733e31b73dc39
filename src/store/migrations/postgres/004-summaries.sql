-- Several summaries, each at times of its own: until when the last of each schedule was made, in place of one time for all.
CREATE TABLE summary (
  account_id bigint NOT NULL REFERENCES account ON DELETE CASCADE,
  schedule text COLLATE "C" NOT NULL, -- '': from before, whatever the schedule was
  at bigint NOT NULL,
  PRIMARY KEY (account_id, schedule)
);
INSERT INTO summary (account_id, schedule, at) SELECT id, '', digested_at FROM account WHERE digested_at IS NOT NULL;
ALTER TABLE account DROP COLUMN digested_at;
