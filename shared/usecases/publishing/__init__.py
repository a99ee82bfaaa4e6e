"""Do the work behind the outbox: events to the bus, executions to Step Functions."""
