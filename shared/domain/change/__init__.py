"""Holds a change and its life: its record, its states, the steps that move it, and the events that tell of them."""
