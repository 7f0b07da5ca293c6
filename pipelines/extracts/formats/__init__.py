"""What a file is, and from any format to one table of text: `tables.py` is the way in."""
