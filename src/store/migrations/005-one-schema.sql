-- The same tables in SQLite and in PostgreSQL, so that one set of statements serves both.
ALTER TABLE account RENAME COLUMN user TO user_id;
ALTER TABLE health RENAME TO login;
ALTER TABLE login RENAME COLUMN document TO health;
ALTER TABLE delivery ADD COLUMN lease_by TEXT; -- who sends it

DROP INDEX delivery_pending;
DROP INDEX delivery_settled;
DROP INDEX notification_waiting;
CREATE INDEX delivery_pending ON delivery (account_id, channel, recipient, seq) WHERE state = 'pending';
CREATE INDEX delivery_dead ON delivery (account_id, seq) WHERE state = 'dead';
CREATE INDEX delivery_settled ON delivery (account_id, settled_at) WHERE state <> 'pending';
CREATE INDEX notification_waiting ON notification (account_id, seq) WHERE delivery_id IS NULL;
