"""Is this data right?  JSON Schemas, a table of rules, problems with stable codes."""
