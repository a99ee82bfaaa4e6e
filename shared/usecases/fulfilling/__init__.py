"""Do the departments' part: fulfilments, acknowledgements and activation."""
