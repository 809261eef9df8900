"""The leaderboard: submissions, the entries made of them, and the board that compares these."""
