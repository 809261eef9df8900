"""What people look at in a browser: self-contained pages that need no network and no server."""
