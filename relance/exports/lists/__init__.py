"""Lists as files that a spreadsheet opens, and in which nothing that somebody wrote is ever a formula."""
