"""One folder per Lambda, listed in the order in which an order lives through the system."""
