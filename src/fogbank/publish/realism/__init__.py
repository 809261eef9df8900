"""How real the dispatches read, beside real conflict news."""
