"""The way in and out of every HTTP function: routes, checks in their order, problems, answers."""
