"""From gold to users; each folder holds one thing that is made of it, and imports only what stands below it here.

reproduction   the whole path, from articles to the report page, in one go
release        what a version consists of: card, tables, citation, Croissant, checksums, and its way to the Hub
leaderboard    what a system sends in, the entry that is made of it, and the board of all entries
systems        training, predicting with and scoring one system
pages          what people look at in a browser, with the templates
exchange       the formats of other tools, in both directions
realism        how real the dispatches read, measured
dataset        the Parquet files: configs, columns, features, and the way back to documents
"""
