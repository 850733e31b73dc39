-- How NOMAD treats us, one document a login. Remembered uploads gain what is known of their progress and their entries.
CREATE TABLE health (
  login TEXT PRIMARY KEY,
  document TEXT NOT NULL
) STRICT;

UPDATE upload SET document = json_set(document, '$.progress', NULL, '$.inspection', NULL);
