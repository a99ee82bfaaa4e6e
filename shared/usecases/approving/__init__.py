"""Ask for approvals, decide and delegate them, and let them lapse."""
