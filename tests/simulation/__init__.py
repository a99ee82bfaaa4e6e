"""A deterministic simulator: real handlers and state machines on a simulated AWS; a seed owns every call."""
