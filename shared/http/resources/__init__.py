"""Holds a folder for each resource of the API, with everything that HTTP knows of it side by side.

`routes.py` lists its routes; `request.py` models what is sent; `view.py` shows it in replies. `document.py` and
`reply.py` are for the OpenAPI document only and are not built into any function.
"""
