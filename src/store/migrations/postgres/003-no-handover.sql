-- The lead is no longer handed over because NOMAD does not answer the leader.
ALTER TABLE login DROP COLUMN asked_at, DROP COLUMN offered_at;
