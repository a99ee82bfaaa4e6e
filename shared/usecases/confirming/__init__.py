"""The customer's consent: asked for by letter, given or refused, and what time does to it."""
