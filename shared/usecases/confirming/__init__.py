"""Ask the customer for consent by letter, take it or its refusal, and let it lapse."""
