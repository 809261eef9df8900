"""Systems at work: trained, kept, asked for predictions, scored."""
