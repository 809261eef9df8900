"""The dataset: Parquet files with declared features, one a config and split."""
