"""From text to accounted rows: cleaning, casting, checks of rows and of repeats."""
