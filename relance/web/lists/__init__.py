"""What every list of the desk can do: sort by column, page by cursor, leave as CSV or as an Excel workbook."""
