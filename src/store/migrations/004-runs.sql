-- Documents of uploads say more: what of a failure stands, what is known of the entries, what is told of one that is stuck; events tell of
-- new kinds. Those of before are read as they are (documents.ts). A program that knows only those must not read the new ones.
SELECT 1;
