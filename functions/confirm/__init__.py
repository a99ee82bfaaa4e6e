"""Shows a customer the terms behind their link, and records their answer."""
