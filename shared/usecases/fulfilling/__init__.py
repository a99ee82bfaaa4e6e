"""The departments' side: fulfilments, acknowledgements and activation."""
