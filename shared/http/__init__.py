"""HTTP in one place each: routes and who may use them, request models, views, problems, the order of checks."""
