"""Takes the reports of payment gateways."""
