"""From article to gold: articles, annotation by quotation, Label Studio, adjudication, splits."""
