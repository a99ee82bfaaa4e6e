"""Lets requests in and replies out for every HTTP function: routes, checks in their order, problems, answers."""
