"""How the studio's database came to be, revision by revision. Run by `StudioDb.migrate`.

To add one: change `storage/schema.py`, write the next file in `versions/` (each spells out its own
tables: a revision never imports the schema, which goes on changing), and raise `schema.HEAD`.
"""
