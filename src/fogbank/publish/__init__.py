"""From gold to users: Parquet and features, statistics, the card, the report page, generated files."""
