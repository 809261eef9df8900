"""Two versions of the same documents, whoever made them: matching, scores, agreement, intervals."""
