"""Do the work of every minute: deadlines, forgotten starts, unfinished writes."""
