"""Pages of the desk: 今日, search, imports, jobs."""
