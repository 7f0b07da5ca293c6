"""Where the table stands in a sheet: headers, title block, totals, signatures, and its period."""
