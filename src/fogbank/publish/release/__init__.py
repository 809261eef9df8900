"""A release: everything derived that a version consists of, its checksums, and how it is published."""
