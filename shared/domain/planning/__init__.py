"""Plans a change from its edits: its effect on lines, money, stock and people. It is pure."""
